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
	lambda.Start(auditwork.Function(env.Ports(queues.Port, blobs.Port)))
}
