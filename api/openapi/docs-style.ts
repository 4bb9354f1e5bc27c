/** The look of `/docs`; follows the reader's light or dark setting. */
export const docsStyle = `
:root{color-scheme:light dark;--line:light-dark(#d0d7de,#3d444d);--soft:light-dark(#f6f8fa,#161b22)}
body{margin:0;display:grid;grid-template-columns:15rem 1fr;font:15px/1.5 system-ui,sans-serif}
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:1rem;box-sizing:border-box;border-right:1px solid var(--line)}
nav ul{list-style:none;padding:0}nav li{margin:.3rem 0}nav h1{font-size:1.3rem;margin:0}
main{padding:1rem 2rem;max-width:70rem;min-width:0}
details{border:1px solid var(--line);border-radius:6px;margin:.4rem 0;padding:.3rem .8rem}
summary{cursor:pointer;overflow-wrap:anywhere}summary span:last-child{opacity:.75}
pre{background:var(--soft);padding:.6rem;overflow:auto;border-radius:6px}
code,pre{font:13px/1.4 ui-monospace,monospace}h4{margin:.8rem 0 .3rem}
table{border-collapse:collapse}td{padding:.15rem .8rem .15rem 0;vertical-align:top}
.method{display:inline-block;width:4.2em;font-weight:600}
.get{color:light-dark(#0550ae,#79c0ff)}.post{color:light-dark(#1a7f37,#56d364)}
.put{color:light-dark(#9a6700,#e3b341)}.delete{color:light-dark(#cf222e,#ff7b72)}
@media(max-width:50rem){body{display:block}nav{position:static;height:auto}}
`;
