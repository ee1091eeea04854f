package dev.failureaware.cdc.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An image by Jib is the image by the Dockerfile. */
class ImagesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "base image | ARG BASE_IMAGE=(\\S+)       | <quarkus.jib.base-jvm-image>(.*)</quarkus",
                "options    | ENV JAVA_OPTS=\"([^\"]*)\"  | JAVA_OPTS>(.*)</quarkus",
                "user       | (?m)^USER (\\S+)            | <quarkus.jib.user>(.*)</quarkus",
                "folder     | (?m)^WORKDIR (\\S+)         | <quarkus.jib.working-directory>(.*)</quarkus",
                "command    | (exec java .*-jar quarkus-run.jar) | (exec java .*-jar quarkus-run.jar)"
            })
    void theDockerfileAndTheJibSettingsAgree(String what, String inDockerfile, String inPom) throws IOException {
        assertThat(first(inPom, "../pom.xml")).as(what).isEqualTo(first(inDockerfile, "../images/Dockerfile.jvm"));
    }

    private static String first(String pattern, String file) throws IOException {
        var matcher = Pattern.compile(pattern).matcher(Files.readString(Path.of(file)));
        assertThat(matcher.find()).as("%s in %s", pattern, file).isTrue();
        return matcher.group(1);
    }
}
