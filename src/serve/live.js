// Keeps a page of the preview alive: asks for news, loads the page anew when it is another one,
// and shows what is wrong with the project. Served by `patternbook serve` only.
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
        if (news.reload) {
          location.reload();
          return;
        }
        version = news.version;
        show(news.faults);
      } catch {
        await pause(500);
      }
    }
  }

  live();
})();
