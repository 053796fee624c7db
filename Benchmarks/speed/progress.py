"""The speed of training alone: `vaec fit` draws its bar on a terminal, and tells there when an epoch ends.

What comes before (reading, PCA) and after (layers, operating points) is not in it.
"""

import os
import pty
import re
import select
import subprocess
import time

EPOCH = re.compile(rb"epoch (\d+)")
#: From 33 epochs on, the bar is drawn at each epoch's end; above 250, rows are mixed.
EPOCHS = 64


def rows_in_epoch(rows, share_held_out, batch):
    """Rows of whole batches that an epoch takes of `rows`."""
    fitted = rows - max(4, min(rows // 2, int(rows * share_held_out)))
    return fitted // batch * batch


def epoch_ends(command, least_seconds, least_epochs):
    """When epochs ended, as (epoch, seconds); the fit is stopped after enough of them."""
    screen, terminal = pty.openpty()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=terminal)
    os.close(terminal)
    ends, text = [], b""
    try:
        while True:
            if not select.select([screen], [], [], 600)[0]:
                raise OSError("no sign of vaec fit for ten minutes")
            try:
                more = os.read(screen, 65536)
            except OSError:  # Linux says so where the other end is closed.
                more = b""
            if not more:
                break
            text = text[-4096:] + more
            now = time.monotonic()
            for found in EPOCH.finditer(text):
                epoch = int(found[1])
                # Digits may come in two parts: the last ones count once something follows them.
                if found.end() < len(text) and epoch > (ends[-1][0] if ends else 0):
                    ends.append((epoch, now))
            if ends and len(ends) > least_epochs and ends[-1][1] - ends[0][1] >= least_seconds:
                break
    finally:
        child.kill()
        child.wait()
        os.close(screen)
    if len(ends) < 2:
        raise OSError(f"{' '.join(map(str, command))}: {text.decode(errors='replace').strip()[-500:]}")
    return ends
