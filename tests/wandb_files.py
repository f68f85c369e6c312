"""Read back what W&B wrote for an offline run."""

import json
import struct
import time

import wandb
from wandb.proto.wandb_internal_pb2 import Record


def read(folder, run_id=None, patience=10.0):
    """Return the one run below a folder: its record, config, history and summary.

    The file is a log of LevelDB: blocks of 32 KiB with chunks of at most that size.
    """
    wandb.teardown()
    end = time.monotonic() + patience
    while True:
        (path,) = folder.rglob(f"run-{run_id or '*'}.wandb")
        records = list(_records(path.read_bytes()))
        if any(r.WhichOneof("record_type") == "exit" for r in records):
            return _content(records)
        assert time.monotonic() < end, "the run was not closed"
        time.sleep(0.05)


def _records(data):
    assert data[:4] == b":W&B"
    message, at = b"", 7
    while at + 7 <= len(data):
        left = 32768 - at % 32768
        if left < 7:
            at += left
            continue
        _, size, kind = struct.unpack("<IHB", data[at : at + 7])
        at += 7
        message += data[at : at + size]
        at += size
        if kind in (1, 4):  # a whole message, or the last part of one
            record = Record()
            record.ParseFromString(message)
            yield record
            message = b""


def _content(records):
    content = {"run": None, "config": {}, "history": [], "summary": {}, "exit": None}
    for record in records:
        kind = record.WhichOneof("record_type")
        if kind == "run":
            content["run"] = record.run
            content["config"] |= _items(record.run.config.update)
        elif kind == "config":
            content["config"] |= _items(record.config.update)
        elif kind == "history":
            content["history"].append(_items(record.history.item))
        elif kind == "summary":
            content["summary"] |= _items(record.summary.update)
        elif kind == "exit":
            content["exit"] = record.exit.exit_code
    return content


def _items(items):
    return {i.key or "/".join(i.nested_key): json.loads(i.value_json) for i in items}
