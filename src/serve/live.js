// Keeps a page of the preview alive: asks for news, changes the words that changed, loads the page
// anew when more did, and shows what is wrong with the project. Served by `patternbook serve` only.
(() => {
  const script = new URL(document.currentScript.src);
  let version = Number(script.searchParams.get('version'));
  // Some faults may be older than this page: the first answer comes at once.
  let asked = false;

  const style = document.createElement('link');
  style.rel = 'stylesheet';
  style.href = new URL('live.css', script).href;
  document.head.append(style);

  function show(faults) {
    const old = document.getElementById('preview-faults');
    if (!faults) {
      old?.remove();
      return;
    }
    const panel = old ?? document.createElement('section');
    panel.id = 'preview-faults';
    panel.setAttribute('role', 'alert');
    panel.tabIndex = 0;
    const title = document.createElement('h2');
    title.textContent = 'The project has errors';
    const report = document.createElement('pre');
    report.textContent = faults;
    panel.replaceChildren(title, report);
    if (!old) document.body.append(panel);
  }

  /** The page as it was sent last, before any script changed it. */
  let sent = null;

  /** Asks for the page as it is sent now, and which version that is. */
  async function page() {
    const answer = await fetch(location.pathname, { cache: 'no-store' });
    const sent = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const own = sent.querySelector(`script[src^="${script.pathname}"]`);
    const version = Number(new URLSearchParams(own?.getAttribute('src').split('?')[1]).get('version'));
    own?.remove();
    return { sent, version };
  }

  /** The scripts and styles of a page: whoever changes one wants to see it from the start. */
  const assets = ({ head }) => [...head.querySelectorAll('script, [rel=stylesheet]')].map((asset) => asset.outerHTML).join();
  /** What the page's own script works on. */
  const scripted = 'figure, details, summary, form, search, .tabs, [id]';

  /** What makes `shown`, which was sent as `before`, be like `after`; none where nobody can tell. */
  function edits(shown, before, after) {
    if (before.isEqualNode(after)) return [];
    const names = [shown, before, after].map((node) => node.nodeName);
    if (names.some((name) => name !== names[0])) return null;
    if (after.nodeType === Node.TEXT_NODE) return [() => { shown.data = after.data; }];
    if (after.nodeType !== Node.ELEMENT_NODE || !before.cloneNode().isEqualNode(after.cloneNode())) return null;
    if (before.matches('.tabs')) return null;
    const parts = [shown, before, after].map((node) => [...node.childNodes]);
    const isAlike = parts[1].length === parts[2].length && parts[0].length >= parts[1].length;
    const found = isAlike ? parts[1].map((part, at) => edits(parts[0][at], part, parts[2][at])) : [null];
    if (!found.includes(null)) return found.flat();
    if ([before, after].some((node) => node.querySelector(scripted))) return null;
    return [() => shown.replaceChildren(...after.cloneNode(true).childNodes)];
  }

  /** Changes only what is another; says whether that could be done. */
  async function change() {
    const now = await page();
    const found = sent && assets(sent) === assets(now.sent) ? edits(document.body, sent.body, now.sent.body) : null;
    if (!found) return false;
    for (const edit of found) edit();
    document.title = now.sent.title;
    ({ sent, version } = now);
    return true;
  }

  const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  const visible = () => new Promise((resolve) => {
    if (!document.hidden) return resolve();
    document.addEventListener('visibilitychange', () => resolve(), { once: true });
  });

  async function ask() {
    const address = new URL('news', script);
    address.search = new URLSearchParams({ page: location.pathname, since: version, now: asked ? '' : '1' });
    const answer = await fetch(address, { cache: 'no-store' });
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.json();
  }

  async function live() {
    for (;;) {
      // A browser holds few connections to one server; pages that nobody sees shall not take them.
      await visible();
      try {
        const news = await ask();
        asked = true;
        if (!news.reload) {
          version = news.version;
        } else if (!await change()) {
          location.reload();
          return;
        }
        show(news.faults);
      } catch {
        await pause(500);
      }
    }
  }

  // What the page was before its first change. Another one may have been faster.
  page().then((first) => { if (first.version === version) ({ sent } = first); }).catch(() => {}).finally(live);
})();
