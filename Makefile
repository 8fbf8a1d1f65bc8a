# `make help` lists the commands. All of them work from any folder: make -C path/to/course lab
#
#   PYTHON    the Python to set up with          make lab PYTHON=python3.12
#   ARGS      passed on to the command           make test ARGS="tests/unit -x"
#                                                make lab ARGS="--no-browser --port=9999"
#   PIP_ARGS  passed on to pip install           see README.md for PyTorch's CPU-only build
PYTHON ?= python3
ARGS ?=
PIP_ARGS ?=

RUN := .venv/bin/python
# A worker for each core (tests/conftest.py says how many). A file stays with one worker, as a notebook's cells must; the long
# files come first (`testpaths`), so that no worker waits for the last one.
SIDE_BY_SIDE := -n auto --dist loadfile --no-loadscope-reorder
READY := .venv/ready
ROOT_USER := $(filter 0,$(shell id -u))

.DEFAULT_GOAL := help
.PHONY: help setup lab lecture check slides student site script test quick notebooks outputs corpus checkpoints figures \
        experiments bench mutations mutants reliability hub-test clean

help:
	@echo "make lab          set up, and open JupyterLab on lesson 1"
	@echo "make test         set up, and run every test"
	@echo "make lecture      set up, and open JupyterLab with live slides (ARGS=02: lesson 2)"
	@echo "make check        is everything there for the lecture?"
	@echo "make slides       write the lessons as slides into lecture/slides/"
	@echo "make student      write the lessons without solutions into student/"
	@echo "make site         write the whole course as web pages into site/, to read without installing anything"
	@echo "make script       write the speaker notes into lecture/script/, to print"
	@echo "make quick        set up, and run the tests that take two or three minutes in all"
	@echo "make setup        only set up: a virtual environment in .venv"
	@echo "make notebooks    make the notebooks again whose lessons have changed"
	@echo "make outputs      count the stored outputs that the tests compare"
	@echo "make corpus       build data/ again"
	@echo "make checkpoints  train the shipped models again (long)"
	@echo "make figures      draw the README's pictures again"
	@echo "make experiments  tell what was measured for the claims; measure it again into a table of your own (hours):"
	@echo "                  make experiments ARGS=\"--table build/mine.csv\""
	@echo "make bench        time the course, and its peers (an hour or so; less with ARGS=\"--jobs 2\")"
	@echo "make mutations    put the field's faults into a copy of the package: does a quick test notice each?"
	@echo "make mutants      change it in thousands of small ways: do the tests notice? (hours)"
	@echo "make reliability  the tests ten times over, and thousands of random cases (hours)"
	@echo "make hub-test     a class of twenty on a JupyterHub of its own (over half an hour; 16 GB of memory)"
	@echo "make clean        remove .venv, and what is made again; what you measured in build/ stays"

setup: $(READY)

lab: $(READY)
	$(RUN) -m jupyterlab $(if $(ROOT_USER),--allow-root) notebooks/01_bottleneck.ipynb $(ARGS)

lecture: $(READY)
	$(RUN) lecture/live.py $(ARGS)

check:
	@if [ -x $(RUN) ]; then $(RUN) lecture/check.py; else \
	  echo "✗ nothing is installed yet: run \`make setup\` (that needs a network)"; exit 1; fi

slides: $(READY)
	$(RUN) lecture/slides.py $(ARGS)

student: $(READY)
	$(RUN) lecture/student.py $(ARGS)

site: $(READY)
	$(RUN) docs/build.py $(ARGS)

script: $(READY)
	$(RUN) lecture/script.py $(ARGS)

quick: $(READY)
	$(RUN) -m pytest $(SIDE_BY_SIDE) -m "not slow" tests/unit $(ARGS)

test: $(READY)
	$(RUN) -m pytest $(SIDE_BY_SIDE) $(ARGS)

notebooks: $(READY)
	$(RUN) lecture/lessons.py $(ARGS)

outputs: $(READY)
	$(RUN) tests/notebooks/outputs.py

corpus: $(READY)
	$(RUN) tools/corpus/build.py $(ARGS)
	$(RUN) tools/corpus/build_open.py $(ARGS)
	$(RUN) tools/corpus/build_tasks.py $(ARGS)

checkpoints: $(READY)
	$(RUN) tools/train_checkpoints.py $(ARGS)

figures: $(READY)
	$(RUN) tools/draw_figures.py

experiments: $(READY)
	$(RUN) tools/experiments.py $(ARGS)
	$(RUN) tools/claims.py --write

bench: $(READY)
	$(RUN) tests/benchmarks/run.py $(ARGS)

mutations: $(READY)
	$(RUN) tests/mutations/run.py $(ARGS)

mutants: $(READY)
	$(RUN) -m pip install --disable-pip-version-check $(PIP_ARGS) mutmut==3.8.1
	$(RUN) tests/mutations/mutate.py $(ARGS)

reliability: $(READY)
	$(RUN) tests/reliability/repeat.py $(ARGS)

hub-test: $(READY)
	$(RUN) tests/hub/run.py --pip-args="$(PIP_ARGS)" $(ARGS)

clean:
	rm -rf .venv build/hub build/mutations build/lib executed student site .site-* lecture/slides lecture/script test-results *.egg-info .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

# The file `ready` says where it was made: in a folder that was moved or copied, set up again.
ifneq ($(shell cat $(READY) 2>/dev/null),$(CURDIR))
.PHONY: $(READY)
endif

$(READY): requirements.txt constraints.txt pyproject.toml
	@"$(PYTHON)" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' || { \
	  echo "The course needs Python 3.11 to 3.14. $(PYTHON) is: $$("$(PYTHON)" --version 2>&1)"; \
	  echo "Name another one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "This Python cannot make virtual environments: its venv module is missing."; \
	  echo "On Debian or Ubuntu: sudo apt install python3-venv"; exit 1; }
	"$(PYTHON)" -m venv .venv
	@$(RUN) -c 'import pip, sys; sys.exit(tuple(map(int, pip.__version__.split(".")[:2])) < (25, 1))' || \
	  $(RUN) -m pip install --disable-pip-version-check $(PIP_ARGS) "pip>=25.1"  # which knows groups
	$(RUN) -m pip install --disable-pip-version-check $(PIP_ARGS) \
	  -r requirements.txt --group test
	@pwd -P > $@
