"""A headless Chromium, driven over a pipe by its DevTools protocol: https is not needed, nor anything beside Python."""
import json
import os
import shutil
import subprocess
import tempfile
import time


class Browser:
    """Pages load in one tab. What the console says, and what is asked of the network, is kept for each page."""

    def __init__(self, program, timeout=30):
        self.timeout = timeout
        self.profile = tempfile.mkdtemp(prefix="vaec-browser-")
        down_read, down_write = os.pipe()
        up_read, up_write = os.pipe()

        def connect():
            # The browser reads commands from descriptor 3, and writes answers to 4.
            first, second = os.dup(down_read), os.dup(up_write)
            os.dup2(first, 3)
            os.dup2(second, 4)

        self.process = subprocess.Popen(
            [program, "--headless", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--no-first-run",
             "--disable-dev-shm-usage", "--disable-extensions", "--hide-scrollbars", f"--user-data-dir={self.profile}",
             "about:blank"],
            preexec_fn=connect, close_fds=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(down_read)
        os.close(up_write)
        os.set_blocking(up_read, False)
        self.down, self.up = down_write, up_read
        self.buffer, self.number, self.session = b"", 0, None
        self.messages, self.requests, self.events = [], [], []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")

    def close(self):
        os.close(self.down)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.up)
        shutil.rmtree(self.profile, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def call(self, method, **parameters):
        """Sends a command, and waits for its answer."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.down, data):]
        return self.wait(lambda m: m.get("id") == self.number)

    def wait(self, wanted):
        end = time.monotonic() + self.timeout
        while time.monotonic() < end:
            while b"\0" in self.buffer:
                line, self.buffer = self.buffer.split(b"\0", 1)
                message = json.loads(line)
                self.note(message)
                if wanted(message):
                    if "error" in message:
                        raise RuntimeError(message["error"])
                    return message.get("result", message)
            try:
                self.buffer += os.read(self.up, 1 << 20)
            except BlockingIOError:
                time.sleep(0.005)
        raise TimeoutError("the browser does not answer")

    def note(self, message):
        method, parameters = message.get("method"), message.get("params", {})
        if method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"):
            self.messages.append(json.dumps(parameters)[:500])
        elif method == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])

    def load(self, path, width, height=900, dark=False):
        """Shows a file in a window of a width, light or dark."""
        self.messages, self.requests = [], []
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                  mobile=width < 600)
        self.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self.call("Page.navigate", url="file://" + os.path.abspath(path))
        self.wait(lambda m: m.get("method") == "Page.loadEventFired")

    def evaluate(self, expression):
        """The value of a JavaScript expression in the page."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"])
        return answer["result"].get("value")

    def screenshot(self, path, full=True):
        import base64
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        data = self.call("Page.captureScreenshot", captureBeyondViewport=full, **({"clip": clip} if full else {}))
        with open(path, "wb") as f:
            f.write(base64.b64decode(data["data"]))
