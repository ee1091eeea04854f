package dev.failureaware.cdc.verifier;

import static dev.failureaware.cdc.verifier.Markup.escaped;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Verdicts, lag, differences, log and rates over the same time, with the failures that were caused as bands behind them. */
final class Charts {
    /** Units of a drawing that the page stretches; text stays outside of it, so that it keeps its size. */
    private static final int WIDTH = 1000;

    private static final int HEIGHT = 100;

    private final Course course;
    private final Instant from;
    private final Instant to;
    private final StringBuilder html = new StringBuilder();

    private record Point(Instant at, Number value) {}

    private Charts(Course course) {
        this.course = course;
        this.from = course.verdicts().get(0).timestamp();
        this.to = course.verdicts().get(course.verdicts().size() - 1).timestamp();
    }

    /** Nothing where there are not yet two verdicts. */
    static String of(Course course) {
        if (course.verdicts().size() < 2) {
            return "";
        }
        var charts = new Charts(course);
        charts.write();
        return charts.html.toString();
    }

    private void write() {
        add(
                "<h2>The last %d verifications</h2><div class=\"card\">",
                course.verdicts().size());
        verdicts();
        var lag = ofSamples(Sample::lag);
        chart("lag, events", lag.isEmpty() ? ofVerdicts(Report.Summary::lag) : lag);
        chart("rows that differ", ofVerdicts(Report.Summary::differences));
        chart("log kept for the slot, bytes", ofSamples(Sample::retainedWalBytes));
        chart("log not confirmed, bytes", ofSamples(Sample::unconfirmedWalBytes));
        chart("commits at the source, per second", ofSamples(Sample::sourceCommitsPerSecond));
        chart("rows written at the sink, per second", ofSamples(Sample::sinkRowsPerSecond));
        add(
                "<p class=\"dim ends\"><span>%s</span><span>%s</span></p></div>",
                from.truncatedTo(ChronoUnit.SECONDS), to.truncatedTo(ChronoUnit.SECONDS));
        faults();
    }

    private List<Point> ofVerdicts(Function<Report.Summary, Long> value) {
        return course.verdicts().stream()
                .map(entry -> new Point(entry.timestamp(), value.apply(entry.summary())))
                .toList();
    }

    private List<Point> ofSamples(Function<Sample, Number> value) {
        return course.samples().stream()
                .filter(sample -> !sample.timestamp().isBefore(from)
                        && !sample.timestamp().isAfter(to))
                .map(sample -> new Point(sample.timestamp(), value.apply(sample)))
                .toList();
    }

    private double x(Instant at) {
        var whole = Duration.between(from, to).toMillis();
        var x = WIDTH * (double) Duration.between(from, at).toMillis() / Math.max(1, whole);
        return Math.min(WIDTH, Math.max(0, x));
    }

    private void open(String name, String label, int pixels) {
        add(
                "<p class=\"chart\">%s</p><svg viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" style=\"height:%dpx\" role=\"img\" aria-label=\"%s over time\">",
                label, WIDTH, HEIGHT, pixels, name);
        course.faults().stream().filter(this::isShown).forEach(fault -> {
            var lifted = fault.liftedAt() == null ? to : fault.liftedAt();
            var ended = fault.endedAt() == null ? to : fault.endedAt();
            band("open", fault.injectedAt(), lifted, fault.type());
            band("settling", lifted, ended, fault.type() + ", lifted");
        });
    }

    private void band(String kind, Instant begins, Instant ends, String title) {
        add(
                "<rect class=\"%s\" x=\"%.1f\" y=\"0\" width=\"%.1f\" height=\"%d\"><title>%s</title></rect>",
                kind, x(begins), Math.max(1, x(ends) - x(begins)), HEIGHT, escaped(title));
    }

    private boolean isShown(Fault fault) {
        return !fault.injectedAt().isAfter(to)
                && (fault.endedAt() == null || !fault.endedAt().isBefore(from));
    }

    /** Each verdict stands for the time since the one before it; neighbours that are the same are one. */
    private void verdicts() {
        open("verdicts", "verdicts", 22);
        var verdicts = course.verdicts();
        var begins = from;
        for (var i = 0; i < verdicts.size(); i++) {
            var status = verdicts.get(i).status();
            if (i + 1 < verdicts.size() && verdicts.get(i + 1).status() == status) {
                continue;
            }
            var ends = verdicts.get(i).timestamp();
            add(
                    "<rect class=\"%1$s\" x=\"%2$.1f\" y=\"20\" width=\"%3$.1f\" height=\"60\"><title>%1$s from %4$s to %5$s</title></rect>",
                    status, x(begins), Math.max(1.5, x(ends) - x(begins)), begins, ends);
            begins = ends;
        }
        add("</svg>");
    }

    /** A line, with gaps where the value is not known; nothing where none is. */
    private void chart(String name, List<Point> points) {
        var highest = points.stream()
                .filter(point -> point.value() != null)
                .mapToDouble(point -> point.value().doubleValue())
                .max();
        if (highest.isEmpty()) {
            return;
        }
        open(name, String.format(Locale.ROOT, "%s, at most %,.0f", name, highest.getAsDouble()), 84);
        var line = new ArrayList<String>();
        for (var point : points) {
            if (point.value() == null) {
                draw(line);
            } else {
                var y = HEIGHT - 2 - (HEIGHT - 6) * point.value().doubleValue() / Math.max(1, highest.getAsDouble());
                line.add(String.format(Locale.ROOT, "%.1f,%.1f", x(point.at()), y));
            }
        }
        draw(line);
        add("</svg>");
    }

    private void draw(List<String> line) {
        if (!line.isEmpty()) {
            add("<polyline points=\"%s\"/>", String.join(" ", line));
            line.clear();
        }
    }

    private void faults() {
        var shown = course.faults().stream().filter(this::isShown).toList();
        if (shown.isEmpty()) {
            return;
        }
        add(
                "<h2>Failures that were caused in this time</h2><div class=\"card\"><table><tr><th>failure</th><th>begun</th><th>lifted</th><th>consistent again</th><th>outcome</th></tr>");
        shown.forEach(fault -> add(
                "<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td class=\"v %s\">%s</td></tr>",
                escaped(fault.type()),
                fault.injectedAt(),
                after(fault.injectedAt(), fault.liftedAt()),
                after(fault.liftedAt(), fault.consistentAt()),
                escaped(fault.outcome() == null ? "" : fault.outcome()),
                escaped(fault.outcome() == null ? "not yet" : fault.outcome())));
        add(
                "</table><p class=\"dim\">On the charts, <span class=\"v FAIL\">red</span> while a failure was open, <span class=\"v\">amber</span> until a verification that began after it had passed.</p></div>");
    }

    private static String after(Instant begins, Instant ends) {
        return ends == null
                ? "–"
                : String.format(
                        Locale.ROOT,
                        "after %.1f s",
                        Duration.between(begins, ends).toMillis() / 1000.0);
    }

    private void add(String form, Object... values) {
        html.append(values.length == 0 ? form : String.format(Locale.ROOT, form, values))
                .append('\n');
    }
}
