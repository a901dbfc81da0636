// The process editor: bpmn-js with a plain form for our properties beside it. Without it, the source can be edited as text.
import city from './city.js';

const FLAGS = ['reason', 'files', 'organisation'];

export default async function modeler(form) {
  const part = (name) => form.querySelector(`[data-part="${name}"]`);
  const source = form.querySelector('[name=process]');
  const drawing = new window.BpmnJS({ container: part('canvas'), moddleExtensions: { city } });
  try {
    await drawing.importXML(source.value);
  } catch {
    part('source').open = true;
    return;
  }
  drawing.get('canvas').zoom('fit-viewport', 'auto');
  const panel = new Panel(form, part, drawing);
  drawing.on('selection.changed', ({ newSelection }) => panel.show(newSelection[0]));
  drawing.on('commandStack.changed', async () => {
    source.value = (await drawing.saveXML({ format: true })).xml;
    panel.list();
  });
  source.addEventListener('change', () => drawing.importXML(source.value).then(() => panel.list(), () => {}));
  part('check').addEventListener('click', () => check(form, part('faults')));
  panel.list();
  form.dataset.ready = 'yes';
}

async function check(form, place) {
  const answer = await fetch(form.dataset.check, { method: 'POST', body: new FormData(form), headers: { 'HX-Request': 'true' } });
  place.innerHTML = await answer.text();
  place.scrollIntoView({ block: 'nearest' });
}

class Panel {
  constructor(form, part, drawing) {
    Object.assign(this, { form, part, drawing, element: null });
    this.modeling = drawing.get('modeling');
    this.elements = drawing.get('elementRegistry');
    this.moddle = drawing.get('moddle');
    const side = part('properties');
    side.addEventListener('change', (event) => this.changed(event.target));
    side.addEventListener('click', (event) => this.clicked(event.target.closest('button')));
    part('elements').addEventListener('change', (event) => drawing.get('selection').select(this.elements.get(event.target.value)));
  }

  // The list is the way to every element for who uses the keyboard.
  list() {
    const chosen = this.element?.id;
    const shown = this.elements.filter((item) => !item.labelTarget && this.fieldset(item.type));
    this.part('elements').replaceChildren(new Option('—', ''), ...shown.map((item) => new Option(this.label(item), item.id, false, item.id === chosen)));
  }

  label(item) {
    const object = item.businessObject;
    if (item.type === 'bpmn:SequenceFlow') return `${object.sourceRef?.name || object.sourceRef?.id} → ${object.targetRef?.name || object.targetRef?.id}`;
    return object.name ? `${object.name} (${item.id})` : item.id;
  }

  fieldset(type) { return this.form.querySelector(`fieldset[data-kind="${type}"]`); }

  show(element) {
    this.element = element?.labelTarget ?? element ?? null;
    for (const set of this.form.querySelectorAll('fieldset[data-kind]')) set.hidden = set.dataset.kind !== this.element?.type;
    this.form.querySelector('[data-kind=none]').hidden = Boolean(this.element);
    this.part('elements').value = this.element?.id ?? '';
    if (!this.element) return;
    const object = this.element.businessObject;
    for (const field of this.form.querySelectorAll('[data-property]')) this.fill(field, object.get(field.dataset.property));
    if (this.element.type === 'bpmn:UserTask') this.showOutcomes(object);
    if (this.element.type === 'bpmn:ServiceTask') this.showParameters(object);
    if (this.element.type === 'bpmn:SequenceFlow') this.part('condition').value = object.conditionExpression?.body ?? '';
    if (this.element.type === 'bpmn:ExclusiveGateway') this.showDefault(object);
  }

  fill(field, value) {
    if (field.type === 'checkbox') field.checked = value === true || value === 'true';
    else {
      if (field.tagName === 'SELECT' && value && ![...field.options].some((option) => option.value === value)) field.add(new Option(value, value));
      field.value = value ?? '';
      if (field.selectedIndex === -1) field.selectedIndex = 0;
    }
  }

  changed(field) {
    if (!this.element) return;
    const object = this.element.businessObject;
    if (field.dataset.property) this.set({ [field.dataset.property]: field.type === 'checkbox' ? field.checked || undefined : field.value || undefined });
    else if (field === this.part('condition')) this.set({ conditionExpression: field.value.trim() ? this.moddle.create('bpmn:FormalExpression', { body: field.value.trim() }) : undefined });
    else if (field === this.part('default')) this.set({ default: object.outgoing.find((flow) => flow.id === field.value) });
    else if (field.dataset.outcome) this.saveOutcomes();
    else if (field.dataset.parameter) this.saveParameters();
    if (field.dataset.property === 'city:action') this.showParameters(object);
  }

  clicked(button) {
    if (button?.dataset.part === 'add-outcome') this.addOutcome({ tone: 'blue' }).querySelector('input').focus();
    if (button?.dataset.part === 'remove') {
      button.closest('.outcome-row').remove();
      this.saveOutcomes();
    }
  }

  set(properties) { this.modeling.updateProperties(this.element, properties); }

  extensions(object, type) { return (object.extensionElements?.values ?? []).filter((item) => item.$type === type); }

  replaceExtensions(type, items) {
    const object = this.element.businessObject;
    const others = (object.extensionElements?.values ?? []).filter((item) => item.$type !== type);
    const made = items.map((item) => this.moddle.create(type, item));
    const holder = this.moddle.create('bpmn:ExtensionElements', { values: [...others, ...made] });
    holder.$parent = object;
    for (const item of holder.values) item.$parent = holder;
    this.set({ extensionElements: holder });
  }

  showOutcomes(object) {
    this.part('outcomes').replaceChildren();
    for (const outcome of this.extensions(object, 'city:Outcome')) this.addOutcome(outcome);
  }

  addOutcome(outcome) {
    const row = this.part('outcome-row').content.firstElementChild.cloneNode(true);
    for (const field of row.querySelectorAll('[data-outcome]')) this.fill(field, outcome[field.dataset.outcome]);
    this.part('outcomes').append(row);
    return row;
  }

  saveOutcomes() {
    const rows = [...this.part('outcomes').children].map((row) => {
      const given = {};
      for (const field of row.querySelectorAll('[data-outcome]')) given[field.dataset.outcome] = field.type === 'checkbox' ? field.checked : field.value.trim();
      for (const name of FLAGS) if (!given[name]) delete given[name];
      return given;
    });
    this.replaceExtensions('city:Outcome', rows);
  }

  showParameters(object) {
    const chosen = this.form.querySelector('[data-property="city:action"]').selectedOptions[0];
    const known = Object.fromEntries(this.extensions(object, 'city:Parameter').map((item) => [item.name, item.value]));
    const names = (chosen?.dataset.parameters ?? '').split(' ').filter(Boolean);
    this.part('parameters').replaceChildren(...names.map((name) => {
      const label = document.createElement('label');
      label.className = 'form-label';
      label.textContent = name;
      const input = Object.assign(document.createElement('input'), { className: 'form-control', value: known[name] ?? '' });
      input.dataset.parameter = name;
      label.append(input);
      return label;
    }));
  }

  saveParameters() {
    const fields = [...this.part('parameters').querySelectorAll('[data-parameter]')];
    this.replaceExtensions('city:Parameter', fields.map((field) => ({ name: field.dataset.parameter, value: field.value })));
  }

  showDefault(object) {
    const flows = object.outgoing ?? [];
    this.part('default').replaceChildren(new Option('—', ''), ...flows.map((flow) => new Option(this.label({ type: flow.$type, businessObject: flow }), flow.id, false, flow === object.default)));
  }
}
