"""OGC SensorThings API 1.1 over the store's devices, datastreams and observations.

path ─▶ paths ─┐                       ┌─▶ reading ─▶ one statement, JSON made by PostgreSQL
options ───────┼─▶ entities, compiling ┤
$filter ─▶ parser ─▶ expressions       └─▶ writing (entities) · observing (observations, through the one writer)
"""
