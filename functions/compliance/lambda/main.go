// Command lambda is the function compliance on AWS Lambda.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"shixin/functions/compliance"
	"shixin/shared/boot/blobs"
	"shixin/shared/boot/env"
	"shixin/shared/boot/queues"
	"shixin/shared/boot/sealing"
)

func main() {
	lambda.Start(compliance.Function(env.Ports(sealing.Port, queues.Port, blobs.Port)))
}
