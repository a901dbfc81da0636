// One map: base map, declared layers, legend, popups, search, list, choosing a position. Its settings stand beside it as JSON.
import { AttributionControl, Map as CityMap, Marker, NavigationControl, ScaleControl, setWorkerUrl } from '../vendor/maplibre-gl.mjs';
import { baseStyle, palette, FONTS } from './style.js';
import { addOverlays, refresh } from './overlays.js';
import { wireLegend } from './legend.js';
import { wirePopups } from './popups.js';
import { wireSearch } from './finding.js';
import { wireList } from './listing.js';
import { wirePicking } from './picking.js';
import { wireButtons } from './buttons.js';

const LIVE_EVERY_MS = 15000;

function locale(words) {
  return {
    'Map.Title': words.map,
    'NavigationControl.ZoomIn': words.zoomIn,
    'NavigationControl.ZoomOut': words.zoomOut,
    'NavigationControl.ResetBearing': words.north,
    'Popup.Close': words.close,
    'Marker.Title': words.picked,
    'AttributionControl.ToggleAttribution': words.details,
  };
}

function viewOf(settings) {
  const around = settings.mark ?? settings.city.centre;
  if (settings.box) return { bounds: settings.box, fitBoundsOptions: { padding: 24 } };
  return { center: around, zoom: settings.mark ? 15 : settings.city.zoom };
}

function showPosition(map, element) {
  const where = element.querySelector('[data-map-where]');
  const tell = (point) => { where.value = `${point.lng.toFixed(6)}, ${point.lat.toFixed(6)}`; };
  map.on('mousemove', (event) => tell(event.lngLat));
  map.on('moveend', () => tell(map.getCenter()));
}

function stress(map, settings, colours) {
  if (!settings.outline) return;
  map.addSource('outline', { type: 'geojson', data: settings.outline });
  map.addLayer({
    id: 'outline', type: 'line', source: 'outline',
    paint: { 'line-color': colours.stress, 'line-width': 3 },
  });
}

function start(element, settings) {
  const colours = palette(element);
  const canvas = element.querySelector('[data-map-canvas]');
  const map = new CityMap({
    container: canvas,
    style: baseStyle(settings, colours),
    ...viewOf(settings),
    maxZoom: 20,
    minZoom: 3,
    hash: settings.hash || false,
    locale: locale(settings.words),
    attributionControl: false,
    localIdeographFontFamily: FONTS.join(', '),
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 200,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), 'top-right');
  map.addControl(new ScaleControl({ maxWidth: 110 }), 'bottom-right');
  const notes = settings.city.attribution.map((text) => { const plain = document.createElement('span'); plain.textContent = text; return plain.innerHTML; });
  map.addControl(new AttributionControl({ compact: canvas.clientWidth < 900, customAttribution: notes }), 'bottom-right');
  if (settings.mark) new Marker({ color: colours.stress }).setLngLat(settings.mark).addTo(map);
  showPosition(map, element);
  map.on('load', () => {
    // On a narrow map the sources of the data wait behind their button.
    canvas.querySelector('.maplibregl-ctrl-attrib.maplibregl-compact')?.classList.remove('maplibregl-compact-show');
    addOverlays(map, settings, colours);
    stress(map, settings, colours);
    wireLegend(map, element, settings);
    if (settings.picks) wirePicking(map, element, colours);
    else wirePopups(map, settings);
    wireSearch(map, element, settings, colours);
    wireList(map, element, settings);
    wireButtons(map, element, settings, colours);
    element.dataset.ready = 'yes';
    element.dispatchEvent(new CustomEvent('map:ready', { bubbles: true, detail: { map } }));
  });
  const live = settings.layers.filter((layer) => layer.live);
  const timer = setInterval(() => {
    if (!element.isConnected) { clearInterval(timer); map.remove(); return; }
    if (!document.hidden) live.forEach((layer) => refresh(map, layer.code));
  }, LIVE_EVERY_MS);
  // Whoever knows of a change says so: element.dispatchEvent(new CustomEvent('map:refresh')), for one layer with { detail: { layer } }.
  element.addEventListener('map:refresh', (event) => {
    const changed = event.detail ? [event.detail.layer] : live.map((layer) => layer.code);
    changed.forEach((code) => refresh(map, code));
  });
  return map;
}

export default function cityMap(element) {
  const settings = JSON.parse(document.getElementById(element.dataset.settings).textContent);
  setWorkerUrl(new URL(element.dataset.worker, location.href).href);
  element.querySelectorAll('[data-colour]').forEach((swatch) => {
    swatch.style.color = `var(${swatch.dataset.colour})`;
  });
  const fault = element.querySelector('[data-map-fault]');
  try {
    start(element, settings).on('error', (event) => {
      if (event.error?.status >= 500) { fault.textContent = settings.words.failed; fault.hidden = false; }
    });
  } catch {
    fault.textContent = settings.words.noMap; // no WebGL: lists and forms stay usable
    fault.hidden = false;
  }
}
