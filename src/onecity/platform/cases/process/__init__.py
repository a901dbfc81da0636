"""Processes: BPMN read and checked, run by SpiffWorkflow without ever reaching its Python engine."""
