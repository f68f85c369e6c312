"""A mirror on the loopback interface, and small data sets with manifests of their own."""

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import yaml
from PIL import Image


class Mirror(ThreadingHTTPServer):
    """Serves ``files``; the first folder of a URL says how.

    /good, /noranges, /missing, /corrupt, /slow (never sends a byte), /short (one byte short),
    /breaks (closes after half of what was asked for, unless it was asked for the rest),
    /stops (sends half and waits for ``go``), /changed (another ETag each time).
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files, self.requests, self.go = {}, [], threading.Event()

    def url(self, how, name):
        return f"http://127.0.0.1:{self.server_address[1]}/{how}/{name}"


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        how, name = self.path.strip("/").split("/", 1)
        asked = self.headers.get("Range")
        self.server.requests.append((how, name, asked))
        if how == "missing":
            self.send_error(404)
            return
        if how == "slow":
            self.server.go.wait(5)
            return
        body = self.server.files[name]
        etag = f'"{hashlib.md5(body).hexdigest()}"'
        if how == "changed":
            etag = f'"{len(self.server.requests)}"'
        body = body[::-1] if how == "corrupt" else body[:-1] if how == "short" else body
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        if start >= len(body):
            self.send_error(416)
            return
        if start and how != "noranges":
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        else:
            start = 0
            self.send_response(200)
        self.send_header("ETag", etag)
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        self.send(how, body, start, bool(asked))

    def send(self, how, body, start, asked):
        half = len(body) // 2
        if not asked and how in ("breaks", "noranges", "changed", "stops"):
            self.wfile.write(body[:half])
            self.wfile.flush()
            if how != "stops":
                return
            self.server.go.wait(20)
            start = half
        self.wfile.write(body[start:])


@pytest.fixture
def mirror():
    with Mirror() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.go.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def small(tmp_path):
    """A data root, a folder of manifests, and what writes a manifest."""
    return Small(tmp_path)


class Small:
    def __init__(self, folder):
        self.root, self.manifests = folder / "root", folder / "manifests"
        self.root.mkdir()
        self.manifests.mkdir()

    def manifest(self, *parts, **more):
        """Write the manifest of the data set "tiny"."""
        content = {
            "title": "a data set",
            "citation": {},
            "licence": "free",
            "folders": ["tiny", "Tiny"],
            "parts": [{"name": f"part {i}", **part} for i, part in enumerate(parts)],
            **more,
        }
        name = f"tiny{len(list(self.manifests.glob('*.yaml')))}"
        (self.manifests / f"{name}.yaml").write_text(yaml.safe_dump(content))
        return name

    def write(self, path, body):
        path = self.root / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        return path

    def image(self, path, colour=0):
        path = self.root / path
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 8), (colour, 0, 0)).save(path)
        return path


def known(body):
    """What a manifest says of a file."""
    return {"versions": [{"size": len(body), "sha256": hashlib.sha256(body).hexdigest()}]}
