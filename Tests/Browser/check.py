"""Loads reports in a browser, and checks what it makes of them: see `run`.

usage: check.py CHROMIUM REPORT.html...
"""
import json
import math
import sys

from browser import Browser

PLOTS = """JSON.stringify([...document.querySelectorAll("svg.plot")].map(plot => ({
  id: plot.id, x: plot.dataset.xAxis, y: plot.dataset.yAxis,
  series: [...plot.querySelectorAll("g[data-series]")].map(series => ({
    name: series.dataset.series,
    marks: [...series.querySelectorAll("[data-x]")].map(mark => {
      const box = mark.getBBox();
      return {x: mark.dataset.x, y: mark.dataset.y, kind: mark.getAttribute("class"), left: box.x, top: box.y,
        width: box.width, height: box.height, title: mark.querySelector("title")?.textContent ?? ""};
    })}))})))"""

# Text whose contrast with what is behind it is too low for people who do not see well (WCAG 2.2, 1.4.3).
CONTRAST = """(() => {
  const numbers = color => color.match(/[\\d.]+/g).map(Number);
  const luminance = color => {
    const [r, g, b] = numbers(color).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const ground = element => {
    for (let e = element; e; e = e.parentElement) {
      const color = getComputedStyle(e).backgroundColor;
      if (numbers(color)[3] !== 0) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const faults = new Set();
  for (const element of document.querySelectorAll("body *")) {
    if (![...element.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
    if (["SCRIPT", "title"].includes(element.tagName)) continue;
    const style = getComputedStyle(element);
    const color = element instanceof SVGElement ? style.fill : style.color;
    const [a, b] = [luminance(color), luminance(ground(element))].sort((p, q) => q - p);
    if ((a + .05) / (b + .05) < 4.5) faults.add(element.tagName + " " + element.className + " " + color);
  }
  return [...faults];
})()"""

STRUCTURE = """JSON.stringify({
  overflow: document.documentElement.scrollWidth - innerWidth,
  headings: [...document.querySelectorAll("h1, h2, h3")].map(h => Number(h.tagName[1])),
  pictures: [...document.images].filter(i => !i.complete || i.naturalWidth === 0 || !i.alt).length,
  unnamed: [...document.querySelectorAll("svg[role=img]")].filter(s => !s.getAttribute("aria-label")).length,
  stuck: [...document.querySelectorAll(".scroll")].filter(s => s.tabIndex !== 0).length,
  broken: [...document.querySelectorAll("a[href^='#']")].filter(a => !document.querySelector(a.hash)).length,
  ids: [...document.querySelectorAll("[id]")].map(e => e.id),
  text: [...document.querySelectorAll("svg.plot text")].filter(t => {
    const box = t.getBoundingClientRect();
    return box.left < -1 || box.right > innerWidth + 1 || box.height < 8;
  }).map(t => t.textContent),
  lang: document.documentElement.lang, title: document.title})"""


class Report:
    def __init__(self, browser, path):
        self.browser, self.path, self.faults = browser, path, []

    def expect(self, holds, text):
        if not holds:
            self.faults.append(text)

    def data(self, name):
        return json.loads(self.browser.evaluate(f"document.getElementById('{name}').textContent"))

    def check_structure(self, where):
        found = json.loads(self.browser.evaluate(STRUCTURE))
        self.expect(found["overflow"] <= 0, f"{where}: the page is {found['overflow']} wider than its window")
        for name in ("pictures", "unnamed", "stuck", "broken"):
            self.expect(found[name] == 0, f"{where}: {found[name]} elements are {name}")
        self.expect(not found["text"], f"{where}: text is cut off or too small: {found['text'][:5]}")
        self.expect(found["headings"][0] == 1, f"{where}: the first heading is not the page's")
        steps = zip(found["headings"], found["headings"][1:])
        self.expect(all(b <= a + 1 and b > 1 for a, b in steps), f"{where}: headings skip a level")
        self.expect(len(set(found["ids"])) == len(found["ids"]), f"{where}: two elements have one id")
        self.expect(found["lang"] == "en" and found["title"], f"{where}: no language, or no title")
        faults = self.browser.evaluate(CONTRAST)
        self.expect(not faults, f"{where}: too little contrast: {faults[:5]}")
        self.expect(not self.browser.messages, f"{where}: the console says {self.browser.messages[:3]}")
        others = [url for url in self.browser.requests if not url.startswith(("file://", "data:"))]
        self.expect(not others and sum(u.startswith("file://") for u in self.browser.requests) == 1,
                    f"{where}: it loads {others[:3]}")

    def place(self, axis, value):
        scale, *numbers = axis.split(" ")
        low, high, start, end = map(float, numbers)
        share = (value - low) / (high - low) if scale == "linear" else math.log(value / low) / math.log(high / low)
        return start + share * (end - start)

    def check_plots(self):
        """Each mark has the numbers of the data, and is where they belong."""
        drawn, data, marks = json.loads(self.browser.evaluate(PLOTS)), self.data("plots"), 0
        self.expect([plot["id"] for plot in drawn] == list(data), "not all plots are drawn")
        for plot in drawn:
            series = data.get(plot["id"], {})
            self.expect([s["name"] for s in plot["series"]] == list(series), f"{plot['id']}: series are missing")
            for one in plot["series"]:
                points = series.get(one["name"], [])
                own = [[float(m[k]) if m[k] else None for k in "xy"] for m in one["marks"]]
                self.expect(own == points, f"{plot['id']}, {one['name']}: points are not those of the data")
                for mark, (x, y) in zip(one["marks"], own):
                    marks += 1
                    bar, rule = mark["kind"] == "bar", mark["kind"] == "rule"
                    middle = (mark["left"] + mark["width"] / 2, mark["top"] + mark["height"] / 2)
                    if x is not None:
                        at = mark["left"] if bar else middle[0]
                        self.expect(abs(at - self.place(plot["x"], x)) < (0.6 if bar else 0.02),
                                    f"{plot['id']}, {one['name']}: {x} is at {at}")
                    if y is not None:
                        at = mark["top"] if bar else middle[1]
                        self.expect(abs(at - self.place(plot["y"], y)) < 0.02,
                                    f"{plot['id']}, {one['name']}: {y} is at {at}")
                    self.expect(mark["title"], f"{plot['id']}, {one['name']}: a mark does not say what it is")
        return marks

    def check_evaluation(self):
        """The curves are those of the evaluation, and tables say the same."""
        evaluation, plots = self.data("evaluation"), self.data("plots")
        own = [[p["bits_per_sample"], p["psnr_db"]] for p in evaluation["points"] if p["mse"] > 0 and p["psnr_db"] < 200]
        curves = plots.get("plot-rate", {})
        self.expect(curves.get("vaec", []) == own, "the curve is not that of the evaluation")
        pca = [[p["bits_per_sample"], p["psnr_db"]] for p in evaluation["baseline_pca"]]
        self.expect(all(p in pca for p in curves.get("PCA", [])), "PCA's curve is not that of the evaluation")
        if curves:
            self.expect(curves["zstd -19, lossless"] == [[evaluation["zstd_bits_per_sample"], None]], "zstd's line")
        rows = sum(count for _, count in plots["plot-rows"]["rows"])
        self.expect(rows == evaluation["samples"], f"the histogram has {rows} rows of {evaluation['samples']}")
        cells = self.browser.evaluate(
            "[...document.querySelectorAll('#rate details:first-of-type tbody tr')].map(r => r.cells[1].textContent)")
        wanted = [f"{p['bits_per_sample']:.1f}" for p in evaluation["points"]]
        self.expect(all(abs(float(a) - float(b)) < 0.11 for a, b in zip(cells, wanted)) and len(cells) == len(wanted),
                    "the table is not that of the evaluation")

    def check(self):
        marks = 0
        for width, dark in ((1200, False), (390, False), (1200, True), (390, True)):
            self.browser.load(self.path, width, dark=dark)
            self.check_structure(f"{width} wide, {'dark' if dark else 'light'}")
            if not dark:
                marks = self.check_plots()
        self.browser.load(self.path, 390)
        self.browser.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        self.check_structure("with all tables open")
        self.check_evaluation()
        return marks


def main():
    status = 0
    with Browser(sys.argv[1]) as browser:
        for path in sys.argv[2:]:
            report = Report(browser, path)
            marks = report.check()
            name = path.rsplit("/", 1)[-1]
            print(f"{name}: " + (f"{marks} marks as the data say" if not report.faults else "FAILED"))
            for fault in report.faults[:20]:
                print(f"  {fault}")
            status = status or bool(report.faults)
    sys.exit(status)


main()
