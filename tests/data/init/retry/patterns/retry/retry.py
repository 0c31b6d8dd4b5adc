"""retry.py COMMAND [ARGUMENT...]"""

import subprocess
import sys
import time

TRIES = 5


def retry(command: list[str]) -> int:
    pause = 0.01
    for _ in range(TRIES):
        status = subprocess.run(command, check=False).returncode
        if status == 0:
            break
        time.sleep(pause)
        pause *= 2
    return status


if __name__ == "__main__":
    sys.exit(retry(sys.argv[1:]))
