import time

import psutil


def processes_of(folder):
    """The live programs that run on the data in `folder`."""
    return [process for process in psutil.process_iter() if is_of(folder, process)]


def is_of(folder, process):
    try:
        told = process.environ().get("CLINIC_DATA") == str(folder) or str(folder) in " ".join(process.cmdline())
        return told and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.AccessDenied, psutil.NoSuchProcess, psutil.ZombieProcess):
        return False


def all_end(processes):
    """Whether all of `processes` end soon; one that only waits for its new parent to notice has ended."""
    for _ in range(200):
        if not [process for process in processes if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]:
            return True
        time.sleep(0.05)
    return False
