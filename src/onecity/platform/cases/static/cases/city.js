// Our extension of BPMN 2.0: what the editor reads and writes beside the standard's own attributes.
const text = (name) => ({ name, type: 'String', isAttr: true });
const flag = (name) => ({ name, type: 'Boolean', isAttr: true });

export default {
  name: 'City',
  uri: 'https://onecity.example/bpmn',
  prefix: 'city',
  xml: { tagAlias: 'lowerCase' },
  types: [
    { name: 'PersonStep', extends: ['bpmn:UserTask'], properties: [...['stage', 'post', 'assign', 'limit', 'warn', 'pauses', 'form', 'pick'].map(text), flag('continues')] },
    { name: 'SystemStep', extends: ['bpmn:ServiceTask'], properties: [text('action')] },
    { name: 'Ending', extends: ['bpmn:EndEvent'], properties: [text('result')] },
    { name: 'Outcome', superClass: ['Element'], properties: [text('code'), text('name'), text('tone'), flag('reason'), flag('files'), flag('organisation')] },
    { name: 'Parameter', superClass: ['Element'], properties: [text('name'), text('value')] },
  ],
};
