// Package publisher provides the worker that takes numbered journal entries to whoever waits for them: the watch lists.
package publisher

import (
	"shixin/shared/boot"
	"shixin/shared/boot/notifying"
)

// Function makes the Lambda function from its ports: the worker of the queue "publisher".
func Function(p boot.Ports) boot.Worker { return p.Work(notifying.New(p).Work) }
