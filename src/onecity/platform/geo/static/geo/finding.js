// Search: divisions, grids, streets, places and coordinates, from the city's own index.
import { Marker } from '../vendor/maplibre-gl.mjs';

const WAIT_MS = 250;

export function go(map, longitude, latitude, zoom) {
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  map[still ? 'jumpTo' : 'flyTo']({ center: [longitude, latitude], zoom, ...(still ? {} : { duration: 900 }) });
}

export function wireSearch(map, element, settings, palette) {
  const form = element.querySelector('[data-map-search]');
  if (!form) return;
  const input = form.querySelector('input');
  const list = form.querySelector('[data-map-found]');
  const pin = new Marker({ color: palette.stress });
  let timer = 0;
  let asked = 0;

  const close = () => { list.hidden = true; list.replaceChildren(); };
  const choose = (found) => {
    pin.setLngLat([found.longitude, found.latitude]).addTo(map);
    go(map, found.longitude, found.latitude, found.zoom);
    input.value = found.name;
    close();
  };
  const row = (found) => {
    const item = document.createElement('li');
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = found.name;
    const detail = document.createElement('small');
    detail.textContent = [settings.words[found.kind], found.detail].filter(Boolean).join(' · ');
    button.append(detail);
    button.addEventListener('click', () => choose(found));
    item.append(button);
    return item;
  };
  const ask = async () => {
    const words = input.value.trim();
    const number = (asked += 1);
    if (words.length < 2) { close(); return []; }
    const answer = await fetch(`/api/geo/search?q=${encodeURIComponent(words)}`);
    const found = answer.ok ? await answer.json() : [];
    if (number !== asked) return [];
    const empty = document.createElement('p');
    empty.textContent = settings.words.nothing;
    list.replaceChildren(...(found.length ? found.map(row) : [empty]));
    list.hidden = false;
    return found;
  };
  input.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(ask, WAIT_MS); });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    clearTimeout(timer);
    const found = await ask();
    if (found.length) choose(found[0]);
  });
  form.addEventListener('keydown', (event) => { if (event.key === 'Escape') close(); });
  document.addEventListener('click', (event) => { if (!form.contains(event.target)) close(); });
}
