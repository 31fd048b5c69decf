// Command lambda is the function auditplan on AWS Lambda.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"shixin/functions/auditplan"
	"shixin/shared/boot/blobs"
	"shixin/shared/boot/env"
	"shixin/shared/boot/queues"
)

func main() {
	lambda.Start(auditplan.Function(env.Ports(queues.Port, blobs.Port)))
}
