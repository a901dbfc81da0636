// The phone app of grid supervisors: tasks, reports, what waits to be sent, the walk. Everything works without network.
import { all, get, put, remove } from './field/store.js';
import { sync } from './field/sync.js';
import * as tracking from './field/tracking.js';
import { classesInto, deedCard, taskCard } from './field/drawing.js';

const EVERY_MS = 30000;

export default function field(root) {
  const { urls, words } = JSON.parse(root.querySelector('script[type="application/json"]').textContent);
  const part = (name) => root.querySelector(`[data-part="${name}"]`);
  const say = (name, text) => { part(name).textContent = text; };
  const newKey = () => crypto.randomUUID();

  async function draw() {
    const state = await get('state', 'now');
    const deeds = (await all('deeds')).sort((a, b) => a.at - b.at);
    const sent = new Set(deeds.filter((deed) => deed.state === 'waiting').map((deed) => deed.fields.task_id));
    const tasks = (state?.tasks ?? []).filter((task) => !sent.has(String(task.id)));
    part('tasks').replaceChildren(...tasks.map((task) => taskCard(task, words, (fields, photos) => keepDeed({ kind: 'check', ...fields }, photos, task.title))));
    part('none').hidden = tasks.length > 0;
    part('queue').replaceChildren(...deeds.map((deed) => deedCard(deed, words, again, drop)));
    part('waiting').hidden = deeds.length === 0;
    const points = await all('points');
    say('count', String(deeds.filter((deed) => deed.state === 'waiting').length));
    say('walked', state ? `${state.walk.km} ${words.km} · ${state.walk.minutes} ${words.minutes} · ${points.length} ${words.points}` : '');
    classesInto(root.querySelector('[name=class_code]'), state?.classes ?? []);
  }

  async function turn() {
    const how = navigator.onLine ? await sync(urls) : 'away';
    root.dataset.network = how;
    say('network', words[how]);
    await draw();
  }

  async function keepDeed(fields, photos, title) {
    const kept = await Promise.all(photos.map(async (file) => ({ name: file.name, blob: new Blob([await file.arrayBuffer()], { type: file.type }) })));
    await put('deeds', { key: newKey(), at: Date.now(), state: 'waiting', reason: '', fields, photos: kept, title });
    say('said', words.kept);
    await draw();
    turn();
  }

  async function again(deed, fields = {}) {
    await remove('deeds', deed.key);
    await put('deeds', { ...deed, key: newKey(), state: 'waiting', reason: '', fields: { ...deed.fields, ...fields } });
    await turn();
  }

  async function drop(deed) {
    await remove('deeds', deed.key);
    await draw();
  }

  function wireReport() {
    const form = part('report');
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      const photos = [...form.elements.photos.files];
      if (!photos.length || !form.elements.longitude.value || !form.elements.latitude.value) { say('said', words.incomplete); return; }
      const names = ['class_code', 'description', 'address', 'longitude', 'latitude', 'urgency'];
      const fields = Object.fromEntries(names.map((name) => [name, form.elements[name].value]));
      await keepDeed({ kind: 'report', ...fields }, photos, fields.description);
      form.reset();
      form.closest('details').open = false;
    });
    part('here').addEventListener('click', () => {
      navigator.geolocation?.getCurrentPosition(({ coords }) => {
        form.elements.longitude.value = coords.longitude.toFixed(6);
        form.elements.latitude.value = coords.latitude.toFixed(6);
      }, () => say('said', words.nowhere), { enableHighAccuracy: true, timeout: 10000, maximumAge: 30000 });
    });
  }

  function wireTrack() {
    const button = part('track');
    button.addEventListener('click', () => {
      if (tracking.isOn()) tracking.stop(); else tracking.start(draw, () => say('said', words.nowhere));
      button.setAttribute('aria-pressed', String(tracking.isOn()));
    });
  }

  async function settleIn() {
    if (!('serviceWorker' in navigator)) return;
    navigator.serviceWorker.addEventListener('message', () => { root.dataset.kept = 'yes'; });
    const where = await navigator.serviceWorker.register(urls.worker, { type: 'module', scope: urls.page });
    await navigator.serviceWorker.ready;
    const parts = performance.getEntriesByType('resource').map((entry) => entry.name);
    (where.active ?? navigator.serviceWorker.controller).postMessage({ addresses: parts });
  }

  wireReport();
  wireTrack();
  part('sync').addEventListener('click', turn);
  window.addEventListener('online', turn);
  window.addEventListener('offline', turn);
  setInterval(turn, EVERY_MS);
  draw().then(turn).then(settleIn).catch((fault) => { if (!(fault instanceof TypeError)) throw fault; });
}
