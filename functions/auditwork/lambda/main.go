// Command lambda is the function auditwork on AWS Lambda.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"shixin/functions/auditwork"
	"shixin/shared/boot/blobs"
	"shixin/shared/boot/env"
	"shixin/shared/boot/queues"
)

func main() {
	ports, _ := env.Ports()
	ports.Queue = queues.New()
	ports.Blobs = blobs.New()
	lambda.Start(auditwork.Function(ports))
}
