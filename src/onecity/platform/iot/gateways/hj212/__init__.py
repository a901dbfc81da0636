"""HJ 212 over TCP.

socket ─▶ Framer ─▶ frames of all connections ─▶ BatchDecoder ─▶ known devices: arrays ──┐
                └─▶ rubbish ─▶ quarantine                    └─▶ all else, one by one ────┤─▶ GroupWriter ─▶ commit
socket ◀─────────────────────────────────────────────────────────────── 9014 ◀───────────┘
"""
