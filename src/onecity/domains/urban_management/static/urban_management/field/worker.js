// The service worker: keeps the app's page and its parts, so that it opens without network. Data never pass through here.
export function serve({ shell, page }) {
  const own = (url) => url.origin === self.location.origin && (url.pathname === page || url.pathname.startsWith('/static/'));

  async function fresh(request) {
    const kept = await caches.open(shell);
    try {
      const response = await fetch(request);
      if (response.ok && !response.redirected) await kept.put(request, response.clone());
      return response;
    } catch (fault) {
      const known = await kept.match(request, { ignoreVary: true });
      if (known) return known;
      throw fault;
    }
  }

  async function keptFirst(request) {
    const known = await (await caches.open(shell)).match(request, { ignoreVary: true });
    return known ?? fresh(request);
  }

  self.addEventListener('install', (event) => event.waitUntil(self.skipWaiting()));
  self.addEventListener('activate', (event) => event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith('urban-field-') && name !== shell) await caches.delete(name);
    await self.clients.claim();
  })()));
  self.addEventListener('message', (event) => {
    const { addresses } = event.data;
    event.waitUntil((async () => {
      const kept = await caches.open(shell);
      await kept.add(page);
      for (const address of addresses.filter((text) => own(new URL(text)))) {
        if (!await kept.match(address, { ignoreVary: true })) await kept.add(address);
      }
      event.source.postMessage('kept');
    })());
  });
  self.addEventListener('fetch', (event) => {
    const url = new URL(event.request.url);
    if (event.request.method !== 'GET' || !own(url)) return;
    event.respondWith(url.pathname === page ? fresh(event.request) : keptFirst(event.request));
  });
}
