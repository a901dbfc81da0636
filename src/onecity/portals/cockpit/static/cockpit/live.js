// Keeps the cockpit's figures live over server-sent events and says honestly when the connection is lost.
export default function live(main) {
  const state = document.querySelector('[data-live]');
  const clock = document.querySelector('[data-clock]');
  const tiles = new Map([...main.querySelectorAll('[data-figure]')].map((tile) => [tile.dataset.figure, tile]));
  const source = new EventSource(main.dataset.stream);

  function show(name, word) {
    state.dataset.live = name;
    state.textContent = word;
  }

  source.onopen = () => show('live', main.dataset.wordLive);
  source.onerror = () => show('lost', main.dataset.wordLost);
  source.addEventListener('ended', () => { source.close(); location.reload(); });
  source.onmessage = (event) => {
    const content = JSON.parse(event.data);
    show('live', main.dataset.wordLive);
    clock.textContent = content.now;
    let changed = false;
    for (const figure of content.figures) {
      const tile = tiles.get(figure.code);
      if (!tile) continue;
      const text = tile.querySelector('[data-text]');
      if (text.textContent !== figure.text) {
        text.textContent = figure.text;
        changed = true;
        tile.classList.remove('is-fresh');
        requestAnimationFrame(() => tile.classList.add('is-fresh'));
      }
      tile.querySelector('[data-change]').textContent = figure.change;
      tile.className = tile.className.replace(/verdict-\w+/, `verdict-${figure.verdict}`);
    }
    // What moves a figure shows on the map as well; without a change the map looks for itself now and then.
    if (changed) main.querySelector('[data-map]')?.dispatchEvent(new CustomEvent('map:refresh'));
  };
  addEventListener('pagehide', () => source.close());
  document.querySelector('[data-full-screen]').addEventListener('click', () => {
    if (document.fullscreenElement) document.exitFullscreen(); else document.documentElement.requestFullscreen();
  });
}
