// A long list of classes made short: what is typed above it keeps only the classes that have it in their name or code.
export default function classes(element) {
  const list = element.querySelector('select');
  const groups = [...list.children].map((child) => child.cloneNode(true));
  const field = document.createElement('input');
  field.type = 'search';
  field.className = 'form-control mb-1';
  field.placeholder = element.dataset.hint;
  field.setAttribute('aria-label', element.dataset.hint);
  field.setAttribute('aria-controls', list.id);
  list.before(field);

  const fits = (option, words) => words.every((word) => `${option.textContent} ${option.value}`.toLowerCase().includes(word));
  field.addEventListener('input', () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = list.value;
    const kept = groups.map((group) => {
      const copy = group.cloneNode(true);
      if (copy.tagName === 'OPTGROUP') {
        [...copy.children].forEach((option) => { if (!fits(option, words) && !fits({ textContent: copy.label, value: '' }, words)) option.remove(); });
        return copy.children.length ? copy : null;
      }
      return copy;
    }).filter(Boolean);
    list.replaceChildren(...kept);
    list.value = chosen;
    if (list.selectedIndex < 0) list.selectedIndex = 0;
    const options = list.querySelectorAll('option[value]:not([value=""])');
    if (words.length && options.length === 1) options[0].selected = true;
  });
}
