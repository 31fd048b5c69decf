// Command lambda is the function indexer on AWS Lambda.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"shixin/functions/indexer"
	"shixin/shared/boot"
	"shixin/shared/boot/blobs"
	"shixin/shared/boot/env"
	"shixin/shared/boot/queues"
	"shixin/shared/boot/sealing"
)

func main() {
	lambda.Start(boot.Either(indexer.Function(env.Ports(sealing.Port, queues.Port, blobs.Port, blobs.Uploads))))
}
