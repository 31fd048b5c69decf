// Package auditwork provides the worker of audit runs: it plans a run, judges a shard slice by slice, and closes the run.
package auditwork

import (
	"shixin/shared/boot"
	"shixin/shared/boot/supervising"
	"shixin/shared/supervision/judging"
)

// Function makes the Lambda function from its ports: the worker of the queue "audit".
func Function(p boot.Ports) boot.Worker {
	s := supervising.New(p)
	s.Rules = judging.New()
	return p.Work(s.Work)
}
