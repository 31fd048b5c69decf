// Command lambda is the function search on AWS Lambda.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"shixin/functions/search"
	"shixin/shared/boot/blobs"
	"shixin/shared/boot/env"
	"shixin/shared/boot/queues"
	"shixin/shared/boot/sealing"
)

func main() {
	lambda.Start(search.Function(env.Ports(sealing.Port, queues.Port, blobs.Port, blobs.Uploads)))
}
