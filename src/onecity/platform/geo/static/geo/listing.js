// The list beside the map: what a layer has within the view, for those who read rather than look.
import { go } from './finding.js';

const MOST = 50;
const WAIT_MS = 300;

function middle(geometry) {
  let [west, south, east, north] = [180, 90, -180, -90];
  const walk = (node) => {
    if (typeof node[0] === 'number') {
      west = Math.min(west, node[0]); east = Math.max(east, node[0]);
      south = Math.min(south, node[1]); north = Math.max(north, node[1]);
    } else node.forEach(walk);
  };
  walk(geometry.coordinates);
  return [(west + east) / 2, (south + north) / 2];
}

export function wireList(map, element, settings) {
  const box = element.querySelector('[data-map-list]');
  if (!box) return;
  const select = box.querySelector('[data-listed]');
  const rows = box.querySelector('[data-rows]');
  const note = box.querySelector('[data-note]');
  let timer = 0;
  let asked = 0;

  const offer = () => {
    const before = select.value;
    const shown = settings.layers.filter((layer) => layer.shown);
    select.replaceChildren(...shown.map((layer) => new Option(layer.name, layer.code)));
    if (shown.some((layer) => layer.code === before)) select.value = before;
    box.hidden = !shown.length;
  };
  const row = (layer, feature) => {
    const item = document.createElement('li');
    const button = document.createElement('button');
    button.type = 'button';
    const name = layer.label || layer.fields[0]?.name;
    button.textContent = feature.properties[name] || `${layer.name} ${feature.id}`;
    const [longitude, latitude] = middle(feature.geometry);
    button.addEventListener('click', () => go(map, longitude, latitude, Math.max(map.getZoom(), layer.from + 1)));
    item.append(button);
    if (layer.link) {
      const link = document.createElement('a');
      link.href = layer.link.replace('{id}', feature.id);
      link.textContent = settings.words.details;
      link.className = 'small';
      item.append(link);
    }
    return item;
  };
  const fill = async () => {
    const layer = settings.layers.find((item) => item.code === select.value);
    if (!layer || box.hidden || !box.open) return;
    const number = (asked += 1);
    if (map.getZoom() < layer.from) { rows.replaceChildren(); note.textContent = settings.words.closer; return; }
    const view = map.getBounds();
    const bbox = [view.getWest(), view.getSouth(), view.getEast(), view.getNorth()].map((value) => value.toFixed(6)).join(',');
    const answer = await fetch(`${layer.items}?limit=${MOST}&bbox=${bbox}`);
    if (number !== asked) return;
    if (!answer.ok) { note.textContent = settings.words.failed; return; }
    const page = await answer.json();
    rows.replaceChildren(...page.features.filter((feature) => feature.geometry).map((feature) => row(layer, feature)));
    const more = page.links.some((link) => link.rel === 'next');
    note.textContent = page.features.length ? (more ? settings.words.more : '') : settings.words.none;
  };
  const soon = () => { clearTimeout(timer); timer = setTimeout(fill, WAIT_MS); };
  element.addEventListener('map:layers', () => { offer(); soon(); });
  select.addEventListener('change', fill);
  box.addEventListener('toggle', soon);
  map.on('moveend', soon);
  offer();
  soon();
}
