// A search box over the city's own index: divisions, grids, streets, places and coordinates. Works without a map.
const WAIT_MS = 250;

// box: holds an input, a button and a list marked data-map-found. choose: takes what was chosen.
export function wireFinder(box, words, choose) {
  const input = box.querySelector('input');
  const list = box.querySelector('[data-map-found]');
  let timer = 0;
  let asked = 0;

  const close = () => { list.hidden = true; list.replaceChildren(); };
  const take = (found) => {
    input.value = found.name;
    close();
    choose(found);
  };
  const row = (found) => {
    const item = document.createElement('li');
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = found.name;
    const detail = document.createElement('small');
    detail.textContent = [words[found.kind], found.detail].filter(Boolean).join(' · ');
    button.append(detail);
    button.addEventListener('click', () => take(found));
    item.append(button);
    return item;
  };
  const ask = async () => {
    const text = input.value.trim();
    const number = (asked += 1);
    if (text.length < 2) { close(); return []; }
    const answer = await fetch(`/api/geo/search?q=${encodeURIComponent(text)}`).catch(() => null);
    const found = answer?.ok ? await answer.json() : [];
    if (number !== asked) return [];
    const note = document.createElement('p');
    note.textContent = answer?.ok ? words.nothing : words.failed;
    list.replaceChildren(...(found.length ? found.map(row) : [note]));
    list.hidden = false;
    return found;
  };
  const first = async () => {
    clearTimeout(timer);
    const found = await ask();
    if (found.length) take(found[0]);
  };
  input.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(ask, WAIT_MS); });
  box.querySelector('[data-map-find]').addEventListener('click', first);
  box.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') close();
    // The box may stand inside a form of its own purpose, which Enter must not send.
    if (event.key === 'Enter' && event.target === input) { event.preventDefault(); first(); }
  });
  document.addEventListener('click', (event) => { if (!box.contains(event.target)) close(); });
}
