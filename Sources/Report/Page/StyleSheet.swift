/// How the page looks: light or dark as the reader's system has it, on screens of any width.
///
/// Colours of series are those of Okabe and Ito (Color Universal Design, 2008), darker on light ground and lighter on dark
/// where that takes more contrast; series differ in dashes and shapes as well.
enum StyleSheet {
  static let html = HTML(styleSheet: text)

  private static let text = """
    :root { color-scheme: light dark; --ground: #fff; --raised: #f5f6f8; --ink: #1a1d21; --soft: #545b64;
      --rule: #dfe2e6; --link: #0b5cad; --s0: #0b66ad; --s1: #c14a00; --s2: #00775a; --s3: #9a3f74; --s4: #545b64; }
    @media (prefers-color-scheme: dark) {
      :root { --ground: #14171a; --raised: #1e2226; --ink: #e8eaed; --soft: #a9b1ba; --rule: #343a41;
        --link: #7cb8f5; --s0: #5ab4f0; --s1: #f0a04b; --s2: #3fd0a4; --s3: #e29ac2; --s4: #a9b1ba; } }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
    @media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
    body { margin: 0 auto; max-width: 66rem; padding: 1.5rem clamp(.9rem, 3vw, 2rem) 4rem; background: var(--ground);
      color: var(--ink); font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
    h1 { font-size: clamp(1.3rem, 4vw, 1.9rem); line-height: 1.25; margin: 0 0 .7rem; overflow-wrap: anywhere; }
    h2 { font-size: 1.3rem; line-height: 1.3; margin: 0 0 .8rem; padding-top: 1.4rem; border-top: 1px solid var(--rule); }
    h3 { font-size: 1rem; margin: 1.2rem 0 .5rem; }
    h1 bdi, p bdi { overflow-wrap: anywhere; }
    section { margin-top: 2.2rem; }
    p { max-width: 46rem; margin: 0 0 .9rem; }
    a { color: var(--link); }
    a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 3px solid var(--s1); outline-offset: 2px; }
    nav ul { display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; list-style: none; margin: 0; padding: 0; }
    code, pre { font: .85rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
    pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 24rem; overflow-y: auto; }

    .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .8rem; margin: 0 0 1.2rem; }
    .cards div { display: flex; flex-direction: column; background: var(--raised); border-radius: .5rem; padding: .8rem 1rem; }
    .cards dd { margin: 0; font-size: 1.6rem; line-height: 1.25; font-weight: 650; font-variant-numeric: tabular-nums; }
    .cards dt { order: 1; color: var(--soft); font-size: .9rem; }

    figure { margin: 0 0 1.2rem; }
    figcaption { color: var(--soft); font-size: .9rem; max-width: 46rem; margin-top: .5rem; }
    .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 0 2rem; align-items: end; }
    .figures figcaption { min-height: 3.1em; }
    .drawing { max-width: 36rem; }
    .drawing.wide { max-width: 44rem; }
    .plot { display: block; width: 100%; height: auto; overflow: visible; }
    .plot text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: var(--soft); }
    .plot .axis { fill: var(--ink); }
    .plot .note { fill: var(--ink); font-size: 11px; }
    @media (min-width: 52rem) { .plot text { font-size: 10.5px; } .wide .plot text { font-size: 8px; }
      .wide .plot .note { font-size: 7.5px; } .wide .mark { stroke-width: .5; } }
    .grid { stroke: var(--rule); stroke-width: .7; fill: none; }
    .line { fill: none; stroke: var(--c); stroke-width: 1.6; stroke-linejoin: round; }
    .rule { fill: none; stroke: var(--c); stroke-width: 1.6; }
    .mark { fill: var(--c); stroke: var(--ground); stroke-width: .6; }
    .dot { stroke: transparent; stroke-width: 4; pointer-events: all; }
    .bar { fill: var(--c); }
    .mark:hover, .bar:hover, .rule:hover { stroke: var(--ink); stroke-width: 1.5; }
    .s0 { --c: var(--s0); } .s1 { --c: var(--s1); } .s2 { --c: var(--s2); } .s3 { --c: var(--s3); } .s4 { --c: var(--s4); }
    .s1 :is(.line, .rule) { stroke-dasharray: 5 2; } .s2 :is(.line, .rule) { stroke-dasharray: 7 3; }
    .s3 :is(.line, .rule) { stroke-dasharray: 1.5 2; } .s4 :is(.line, .rule) { stroke-dasharray: 8 2 1.5 2; }
    .legend { display: flex; flex-wrap: wrap; gap: .1rem 1.2rem; list-style: none; margin: 0 0 .2rem; padding: 0; font-size: .9rem; }
    .legend svg { vertical-align: -1px; margin-right: .2rem; }

    .scroll { overflow-x: auto; max-width: 100%; margin: 0 0 1rem; }
    table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
    caption { text-align: left; color: var(--soft); padding-bottom: .3rem; }
    th, td { padding: .28rem .7rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--rule); }
    th:first-child, td:first-child { text-align: left; padding-left: 0; }
    th:first-child { position: sticky; left: 0; background: var(--ground); }
    thead th { font-weight: 600; vertical-align: bottom; }
    tbody th { font-weight: 500; }
    details { margin: 0 0 .6rem; }
    details .scroll { max-height: 26rem; overflow-y: auto; margin-top: .5rem; }
    summary { cursor: pointer; color: var(--link); padding: .25rem 0; }

    .picture { display: block; width: 5rem; height: auto; image-rendering: pixelated; background: var(--raised); }
    .picture.fine { width: 9rem; image-rendering: auto; }
    .ramp { display: inline-block; width: 7rem; height: .7rem; vertical-align: middle; }
    .pictures th, .pictures td { border: 0; padding: .2rem .35rem; text-align: center; }
    .pictures th:first-child { text-align: left; padding-left: 0; font-weight: 400; color: var(--soft); }
    .pictures thead th { white-space: normal; line-height: 1.3; }
    .pictures small { color: var(--soft); font-weight: 400; }
    .pictures .picture { margin: 0 auto; }
    .panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 10.5rem), 1fr)); gap: .8rem 1rem; }
    .panels p { margin: .2rem 0 0; font-size: .85rem; color: var(--soft); }
    .maps { grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); }
    .maps .picture { width: 100%; max-width: 11rem; }
    .pairs { grid-template-columns: repeat(auto-fill, minmax(10.6rem, 1fr)); }
    .pair { display: flex; gap: .3rem; }
    .sketch { display: block; width: 100%; height: auto; background: var(--raised); border-radius: .3rem; }
    .sketch path { fill: none; stroke-width: 1.1; stroke-linejoin: round; }
    .sketch .original { stroke: var(--soft); stroke-width: 2.6; opacity: .55; }
    .sketch .decoded { stroke: var(--s1); }
    .key.decoded { color: var(--s1); font-weight: 600; }
    .key.original { color: var(--soft); font-weight: 600; }
    @media (max-width: 40rem) {
      th, td { padding: .25rem .4rem; } table { font-size: .85rem; } .picture { width: 2.9rem; }
      .pictures th, .pictures td { padding: .15rem .12rem; } .pictures thead th { font-size: .75rem; min-width: 3.2rem; }
      .pictures tbody th { white-space: normal; max-width: 3.4rem; } .pair .picture { width: 3.6rem; } .picture.fine { width: 7rem; }
      .panels { grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); }
      .maps { grid-template-columns: repeat(auto-fill, minmax(6.5rem, 1fr)); }
      .pairs { grid-template-columns: repeat(auto-fill, minmax(8rem, 1fr)); } }
    @media print { .scroll, details .scroll, pre { overflow: visible; max-height: none; } nav { display: none; } }
    """
}
