// What the phone keeps while there is no network: the last state, deeds to be sent, positions to be sent.
const NAME = 'onecity-field';
const STORES = { state: {}, deeds: { keyPath: 'key' }, points: { keyPath: 'stamp' } };
let opened;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      for (const [name, options] of Object.entries(STORES)) request.result.createObjectStore(name, options);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

async function act(name, mode, deed) {
  const base = await database();
  return new Promise((resolve, reject) => {
    const change = base.transaction(name, mode);
    const request = deed(change.objectStore(name));
    change.oncomplete = () => resolve(request?.result);
    change.onerror = () => reject(change.error);
    change.onabort = () => reject(change.error);
  });
}

export const all = (name) => act(name, 'readonly', (store) => store.getAll());
export const put = (name, value, key) => act(name, 'readwrite', (store) => store.put(value, key));
export const get = (name, key) => act(name, 'readonly', (store) => store.get(key));
export const remove = (name, key) => act(name, 'readwrite', (store) => store.delete(key));
export const removeAll = (name, keys) => act(name, 'readwrite', (store) => { keys.forEach((key) => store.delete(key)); });
