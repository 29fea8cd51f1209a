// SPDX-License-Identifier: Apache-2.0

/// What the pages look like.
enum StatusStyle {
    static let icon = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#1f5fbf"/>\
        <path d="M3 8h6M6.500 5 9.500 8l-3 3M12 4v8" fill="none" stroke="#fff" stroke-width="1.600"/></svg>

        """

    /// Colours by what they mean, twice; every text has a contrast of 4.5 at least (WCAG 2.2 §1.4.3).
    static let sheet = """
        :root {
          --page: #f6f7f8; --box: #fff; --text: #1b1f24; --quiet: #59626c; --line: #dfe3e7; --link: #1f5fbf;
          --good: #1a7f37; --bad: #b3261e; --waiting: #8a5a00; --none: #c3c9cf; --head: #f0f2f4;
          --button: #fff; --problem: #fdf0ef;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #121518; --box: #1a1e22; --text: #e4e7ea; --quiet: #9ea8b2; --line: #2d3339; --link: #82b4ff;
            --good: #56c77e; --bad: #ff8d85; --waiting: #e5b556; --none: #434b53; --head: #20252a;
            --button: #262c32; --problem: #2c1c1c;
          }
        }
        * { box-sizing: border-box; }
        html { color-scheme: light dark; }
        body {
          margin: 0; background: var(--page); color: var(--text);
          font: 14px/1.45 -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif;
        }
        a { color: var(--link); text-underline-offset: 2px; }
        a:focus-visible, button:focus-visible, select:focus-visible, pre:focus-visible {
          outline: 2px solid var(--link); outline-offset: 2px;
        }
        .skip { position: absolute; left: -1000px; }
        .skip:focus { left: 8px; top: 8px; padding: 4px 8px; background: var(--box); }
        body > header {
          display: flex; align-items: center; gap: 24px; padding: 0 24px; background: var(--box);
          border-bottom: 1px solid var(--line);
        }
        .name { font-weight: 600; color: var(--text); text-decoration: none; padding: 12px 0; }
        nav { display: flex; gap: 4px; }
        nav a { padding: 12px 10px 10px; color: var(--quiet); text-decoration: none; border-bottom: 2px solid transparent; }
        nav a:hover { color: var(--text); }
        nav a[aria-current] { color: var(--text); border-bottom-color: var(--link); }
        main { max-width: 1240px; margin: 0 auto; padding: 20px 24px 8px; }
        footer { max-width: 1240px; margin: 0 auto; padding: 8px 24px 24px; color: var(--quiet); font-size: 12px; }
        h1 { font-size: 20px; line-height: 1.3; font-weight: 600; margin: 0 0 14px; overflow-wrap: anywhere; }
        h2 { font-size: 14px; font-weight: 600; margin: 24px 0 8px; }
        p { margin: 8px 0; }
        code, pre, .id { font-family: ui-monospace, "SF Mono", "Liberation Mono", Consolas, monospace; font-size: 12.5px; }
        .quiet, time { color: var(--quiet); }
        td time, dd time { color: inherit; }
        .numbers {
          display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); gap: 1px; margin: 0;
          background: var(--line); border: 1px solid var(--line); border-radius: 6px; overflow: hidden;
        }
        .numbers div { background: var(--box); padding: 10px 14px; }
        .numbers dt { color: var(--quiet); font-size: 12px; }
        .numbers dd { margin: 0; font-size: 18px; line-height: 1.4; font-variant-numeric: tabular-nums; }
        .problems { margin: 14px 0 0; padding: 10px 14px; background: var(--problem); border: 1px solid var(--bad); border-radius: 6px; }
        .problems ul { margin: 4px 0 0; padding: 0; list-style: none; overflow-wrap: anywhere; }
        .problems h2 { margin: 0; color: var(--bad); }
        table { width: 100%; border-collapse: separate; border-spacing: 0; background: var(--box);
          border: 1px solid var(--line); border-radius: 6px; overflow: hidden; }
        th, td { padding: 7px 12px; text-align: left; vertical-align: top; font-weight: 400; border-top: 1px solid var(--line);
          overflow-wrap: anywhere; }
        thead th { border-top: 0; background: var(--head); color: var(--quiet); font-size: 12px; font-weight: 500; white-space: nowrap; }
        .number { text-align: right; font-variant-numeric: tabular-nums; }
        .short { white-space: nowrap; overflow-wrap: normal; }
        .buttons { white-space: nowrap; width: 1%; }
        .buttons form { display: inline-block; margin: 0 0 0 6px; }
        .buttons form:first-child { margin-left: 0; }
        .wide { min-width: 190px; }
        .named { min-width: 150px; }
        .state { white-space: nowrap; }
        .state::before {
          content: ""; display: inline-block; width: 8px; height: 8px; margin-right: 7px; border-radius: 50%; background: var(--none);
        }
        .state.good::before { background: var(--good); }
        .state.bad { color: var(--bad); } .state.bad::before { background: var(--bad); }
        .state.waiting { color: var(--waiting); } .state.waiting::before { background: var(--waiting); }
        .sparkline { display: block; }
        .sparkline .good { fill: var(--good); } .sparkline .bad { fill: var(--bad); } .sparkline .none { fill: var(--none); }
        button, select {
          font: inherit; color: var(--text); background: var(--button); border: 1px solid var(--none); border-radius: 5px;
          padding: 3px 10px; min-height: 30px;
        }
        td button { padding: 0 9px; min-height: 24px; }
        button { cursor: pointer; }
        button:hover { border-color: var(--quiet); }
        .filters { display: flex; flex-wrap: wrap; gap: 10px 14px; align-items: end; margin: 0 0 14px; }
        .filters label { display: grid; gap: 3px; color: var(--quiet); font-size: 12px; min-width: 0; }
        .filters select { font-size: 14px; max-width: 100%; }
        .facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 5px 20px; margin: 0; padding: 12px 14px;
          background: var(--box); border: 1px solid var(--line); border-radius: 6px; }
        .facts dt { color: var(--quiet); }
        .facts dd { margin: 0; overflow-wrap: anywhere; }
        .steps { margin: 0; padding: 0; list-style: none; counter-reset: step; background: var(--box); border: 1px solid var(--line);
          border-radius: 6px; }
        .steps > li { counter-increment: step; display: grid; grid-template-columns: 22px 110px minmax(0, 1fr); gap: 0 10px;
          padding: 8px 14px; border-top: 1px solid var(--line); }
        .steps > li:first-child { border-top: 0; }
        .steps > li::before { content: counter(step); color: var(--quiet); font-variant-numeric: tabular-nums; }
        .steps .step { color: var(--quiet); }
        .steps .said { min-width: 0; overflow-wrap: anywhere; }
        .steps .said > div + div { margin-top: 2px; }
        pre { margin: 0; padding: 10px 14px; max-height: 480px; overflow: auto; background: var(--box); border: 1px solid var(--line);
          border-radius: 6px; line-height: 1.5; white-space: pre-wrap; overflow-wrap: anywhere; }
        .title { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; margin: 0 0 14px; }
        .title p { margin: 0; }
        .more { display: flex; gap: 16px; margin: 12px 0 0; }
        .empty { margin: 0; padding: 14px; color: var(--quiet); background: var(--box); border: 1px solid var(--line); border-radius: 6px; }
        @media (max-width: 760px) {
          body > header { gap: 12px; padding: 0 14px; }
          main { padding: 16px 14px 8px; }
          footer { padding: 8px 14px 24px; }
          nav a { padding: 12px 7px 10px; }
          .numbers { grid-template-columns: repeat(2, minmax(0, 1fr)); }
          .numbers div { padding: 8px 12px; }
          table, tbody { display: block; }
          thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
          tbody tr { display: grid; padding: 9px 12px; border-top: 1px solid var(--line); }
          tbody tr:first-child { border-top: 0; }
          tbody th, tbody td { display: grid; grid-template-columns: 92px minmax(0, 1fr); padding: 2px 0; border: 0; text-align: left;
            white-space: normal; width: auto; }
          tbody td.number { text-align: left; }
          tbody th { display: block; padding-bottom: 4px; }
          tbody td::before { content: attr(data-label); color: var(--quiet); font-size: 12px; }
          tbody td:has(> div:empty) { display: none; }
          .buttons { display: block; padding-top: 6px; } .buttons::before { display: none; }
          .wide, .named { min-width: 0; }
          td button { min-height: 32px; padding: 3px 12px; }
          .filters label { flex: 1 1 40%; }
          .steps > li { grid-template-columns: 22px minmax(0, 1fr); }
          .steps .said { grid-column: 2; }
          .facts { grid-template-columns: 84px minmax(0, 1fr); gap: 5px 12px; }
        }

        """
}
