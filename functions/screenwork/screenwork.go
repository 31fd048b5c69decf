// Package screenwork provides the worker of screenings: it looks up a file of names, slice by slice.
package screenwork

import (
	"shixin/shared/boot"
	"shixin/shared/boot/searching"
)

// Function makes the Lambda function from its ports: the worker of the queue "screening".
func Function(p boot.Ports) boot.Worker { return p.Work(searching.New(p).Work) }
