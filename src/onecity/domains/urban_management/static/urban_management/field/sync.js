// Sends what waits, oldest first, and fetches the state. One tab sends at a time; the server takes each key once.
import { all, get, put, remove, removeAll } from './store.js';

const BATCH = 200;
const SECOND = 1000;

async function post(url, token, body, headers = {}) {
  return fetch(url, { method: 'POST', body, headers: { 'X-CSRFToken': token, Accept: 'application/json', ...headers } });
}

function formOf(deed) {
  const form = new FormData();
  for (const [name, value] of Object.entries(deed.fields)) form.append(name, value);
  form.append('key', deed.key);
  form.append('ago_s', String(Math.max(0, (Date.now() - deed.at) / SECOND)));
  for (const photo of deed.photos) form.append('photos', photo.blob, photo.name);
  return form;
}

async function answered(response) {
  try { return await response.json(); } catch { return {}; }
}

// True when the deed is settled: taken in, or refused with a reason to read.
async function send(deed, urls, token) {
  const response = await post(urls.submissions, token, formOf(deed));
  if (response.status >= 500 || response.status === 401 || response.status === 403 || response.redirected) return false;
  const told = await answered(response);
  if (response.ok && told.done) {
    await remove('deeds', deed.key);
    await put('state', { at: Date.now(), number: told.number, title: deed.title }, 'last');
    return true;
  }
  const reason = told.reason || told.detail || Object.values(told.fields ?? {}).join('；') || String(response.status);
  await put('deeds', { ...deed, state: 'refused', reason, number: told.number || '' });
  return true;
}

async function sendDeeds(urls, token) {
  const waiting = (await all('deeds')).filter((deed) => deed.state === 'waiting').sort((a, b) => a.at - b.at);
  for (const deed of waiting) if (!await send(deed, urls, token)) return;
}

async function sendPoints(urls, token) {
  const points = await all('points');
  for (let first = 0; first < points.length; first += BATCH) {
    const batch = points.slice(first, first + BATCH);
    const body = JSON.stringify({ points: batch.map((point) => ({ ...point, ago_s: Math.max(0, (Date.now() - point.stamp) / SECOND) })) });
    const response = await post(urls.positions, token, body, { 'Content-Type': 'application/json' });
    if (!response.ok) return;
    await removeAll('points', batch.map((point) => point.stamp));
  }
}

async function fetchState(urls) {
  const response = await fetch(urls.state, { headers: { Accept: 'application/json' } });
  if (response.status === 401 || response.redirected) return 'signed-out';
  if (!response.ok) return 'away';
  await put('state', await response.json(), 'now');
  return 'here';
}

// Says how it went: here, away (no network), signed-out.
export async function sync(urls) {
  return navigator.locks.request('onecity-field', async () => {
    try {
      const before = await fetchState(urls);
      if (before !== 'here') return before;
      const { token } = await get('state', 'now');
      await sendDeeds(urls, token);
      await sendPoints(urls, token);
      return await fetchState(urls);
    } catch (fault) {
      if (fault instanceof TypeError) return 'away';
      throw fault;
    }
  });
}
