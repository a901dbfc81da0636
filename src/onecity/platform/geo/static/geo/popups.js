// A click tells what lies there: the properties that the layers declare, and the way to each feature's page.
import { Popup } from '../vendor/maplibre-gl.mjs';
import { ids } from './overlays.js';

const MOST = 4;

function make(tag, content = '') {
  const element = document.createElement(tag);
  element.textContent = content;
  return element;
}

function shownValue(field, value, words) {
  if (value === 'true' || value === 'false') return value === 'true' ? words.yes : words.no;
  if (field.kind === 'number') return Number(value).toLocaleString(undefined, { maximumFractionDigits: 2 });
  // Sweden writes dates as the rest of the page does: 2026-11-21 15:27.
  if (field.kind === 'moment') return new Date(value).toLocaleString('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short', timeStyle: 'short' });
  return String(value);
}

export function describe(layer, feature, words) {
  const section = document.createElement('section');
  section.append(make('h2', (layer.label && feature.properties[layer.label]) || layer.name));
  const list = document.createElement('dl');
  for (const field of layer.fields) {
    const value = feature.properties[field.name];
    if (value !== undefined && value !== null && value !== '' && field.name !== layer.label) {
      const names = layer.styleField === field.name ? layer.classes : [];
      const named = names.find((item) => item.value === String(value));
      list.append(make('dt', field.title), make('dd', named ? named.title : shownValue(field, value, words)));
    }
  }
  section.append(list);
  if (layer.link) {
    const link = make('a', words.details);
    link.href = layer.link.replace('{id}', feature.id);
    section.append(link);
  }
  return section;
}

export function wirePopups(map, settings) {
  const shown = () => settings.layers.filter((layer) => layer.shown).flatMap((layer) => ids(map, layer.code));
  map.on('click', (event) => {
    const seen = new Set();
    const content = document.createElement('div');
    content.className = 'map-popup';
    for (const feature of map.queryRenderedFeatures(event.point, { layers: shown() })) {
      const mark = `${feature.source}:${feature.id}`;
      if (seen.has(mark) || seen.size >= MOST) continue;
      seen.add(mark);
      if (seen.size > 1) content.append(make('hr'));
      content.append(describe(settings.layers.find((layer) => layer.code === feature.source), feature, settings.words));
    }
    if (seen.size) new Popup({ maxWidth: '20rem' }).setLngLat(event.lngLat).setDOMContent(content).addTo(map);
  });
  map.on('mousemove', (event) => {
    const over = map.queryRenderedFeatures(event.point, { layers: shown() }).length > 0;
    map.getCanvas().style.cursor = over ? 'pointer' : '';
  });
}
