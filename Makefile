# Long builds and their logs, for people: the work is done by tools/zephyr_job, the checks by tools/check.
JOB ?= build-zephyr
LINES ?= 20

.PHONY: help build-zephyr logs status watch stop check

help: ## List what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

build-zephyr: ## Build the Zephyr environment as a job that outlives the terminal
	@tools/zephyr_job run --job build-zephyr --retries 1 -- /workspace/pkg/zephyr/build.sh

logs: ## Follow the output of a job (JOB=build-zephyr)
	@tools/zephyr_job tail --job $(JOB) --lines $(LINES) --follow

status: ## Say what a job is at (JOB=build-zephyr)
	@tools/zephyr_job status --job $(JOB)

watch: ## Watch a job live (JOB=build-zephyr)
	@tools/zephyr_job watch --job $(JOB)

stop: ## Stop a job with every process of it (JOB=build-zephyr)
	@tools/zephyr_job stop --job $(JOB)

check: ## Run every check and test
	@tools/check
