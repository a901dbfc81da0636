// The legend switches layers, says which ones need a closer view, and keeps the choice in the address.
import { show } from './overlays.js';

function chosen(settings) {
  const parameters = new URLSearchParams(location.hash.slice(1));
  return settings.hash && parameters.has('layers') ? parameters.get('layers').split(',').filter(Boolean) : null;
}

function keep(settings) {
  if (!settings.hash) return;
  const shown = settings.layers.filter((layer) => layer.shown).map((layer) => layer.code).join(',');
  // The view's own part holds slashes, which must stay as they are.
  const others = location.hash.slice(1).split('&').filter((part) => part && !part.startsWith('layers='));
  history.replaceState(history.state, '', `#${[...others, `layers=${shown}`].join('&')}`);
}

export function wireLegend(map, element, settings) {
  const boxes = [...element.querySelectorAll('input[data-layer]')];
  const byCode = new Map(settings.layers.map((layer) => [layer.code, layer]));
  const wanted = chosen(settings);
  const tell = () => element.dispatchEvent(new CustomEvent('map:layers'));
  for (const box of boxes) {
    const layer = byCode.get(box.dataset.layer);
    if (wanted) { box.checked = wanted.includes(layer.code); show(map, layer, box.checked); }
    box.addEventListener('change', () => { show(map, layer, box.checked); keep(settings); tell(); closer(); strip(); });
  }
  const strip = () => {
    for (const line of element.querySelectorAll('[data-strip]')) line.hidden = !byCode.get(line.dataset.strip).shown;
  };
  const closer = () => {
    for (const note of element.querySelectorAll('[data-closer]')) {
      const layer = byCode.get(note.dataset.closer);
      note.hidden = !layer.shown || map.getZoom() >= layer.from;
    }
  };
  map.on('zoomend', closer);
  closer();
  strip();
}
