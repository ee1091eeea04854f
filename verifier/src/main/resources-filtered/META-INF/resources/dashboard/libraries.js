/** The libraries, in the versions of the build. */
export { html, svg, render, nothing } from '/_static/lit-html/${lit-html.version}/lit-html.js';
export { default as uPlot } from '/webjars/uplot/${uplot.version}/dist/uPlot.esm.js';
