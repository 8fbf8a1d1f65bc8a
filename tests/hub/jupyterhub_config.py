"""The hub of `make hub-test`, as JupyterHub reads it; what changes from run to run comes in HUB_TEST_*.

A hub for a class differs in three lines: its authenticator, its spawner (this one gives every learner a
folder, but all of them the same user of the system) and its address.
"""

import os
import shlex
import shutil
from pathlib import Path

c = get_config()  # noqa: F821

FOLDER = Path(os.environ["HUB_TEST_FOLDER"])


def copy_lessons(spawner):
    """Give a learner who has none a copy of the notebooks; whoever has one keeps it as it is."""
    notebooks = FOLDER / "learners" / spawner.user.name / "notebooks"
    if not notebooks.exists():
        shutil.copytree(FOLDER / "lessons", notebooks)


c.JupyterHub.bind_url = f"http://127.0.0.1:{os.environ['HUB_TEST_PORT']}"
c.JupyterHub.hub_port = int(os.environ["HUB_TEST_HUB_PORT"])
c.JupyterHub.db_url = f"sqlite:///{FOLDER / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(FOLDER / "cookie_secret")
c.ConfigurableHTTPProxy.command = shlex.split(os.environ["HUB_TEST_PROXY"])
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{os.environ['HUB_TEST_PROXY_PORT']}"
c.ConfigurableHTTPProxy.pid_file = str(FOLDER / "proxy.pid")

c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = os.environ["HUB_TEST_PASSWORD"]
c.Authenticator.allowed_users = set(os.environ["HUB_TEST_USERS"].split())

c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = str(FOLDER / "learners" / "{username}")
c.Spawner.pre_spawn_hook = copy_lessons
c.Spawner.cmd = [*shlex.split(os.environ["HUB_TEST_BEFORE"]), os.environ["HUB_TEST_SERVER"]]
c.Spawner.args = ["--LabApp.expose_app_in_browser=True", *["--allow-root"] * (os.geteuid() == 0)]
c.Spawner.default_url = "/lab/tree/notebooks/01_bottleneck.ipynb"
c.Spawner.environment = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # one core a learner
c.Spawner.start_timeout = c.Spawner.http_timeout = 300  # seconds; when a whole class starts at once
