package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"shixin/infra/engines/engine"
	"shixin/infra/samfile"
)

// built is where sam build writes, a folder for each function, and where the smoke test reads.
const built = ".aws-sam/build"

var regions = []string{"cn-north-1", "eu-central-1"}

func lint(ctx context.Context, out io.Writer) error {
	sam, err := engine.Program("sam")
	if err != nil {
		return err
	}
	linter, err := engine.Program("cfn-lint")
	if err != nil {
		return err
	}
	err = execute(ctx, out, nil, linter, append(append([]string{"--regions"}, regions...), "--template", "template.yaml")...)
	for _, region := range regions {
		err = errors.Join(err, execute(ctx, out, nil, sam, "validate", "--lint", "--template", "template.yaml", "--region", region))
	}
	return err
}

func build(ctx context.Context, out io.Writer) error {
	sam, err := engine.Program("sam")
	if err != nil {
		return err
	}
	template, err := samfile.Load("template.yaml", samfile.Values{Parameters: map[string]string{"Issuer": "http://127.0.0.1"}})
	if err != nil {
		return err
	}
	processor := map[string]string{"amd64": "x86_64", "arm64": "arm64"}[runtime.GOARCH]
	if processor == "" {
		return fmt.Errorf("this machine is %s, and Lambda has no such processor", runtime.GOARCH)
	}
	if err := execute(ctx, out, nil, sam, "build", "--template", "template.yaml", "--build-dir", built, "--parameter-overrides", "Architecture="+processor); err != nil {
		return err
	}
	for _, f := range template.Functions {
		info, err := os.Stat(filepath.Join(built, f.ID, "bootstrap"))
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%-12s %5.1f MB\n", f.Name, float64(info.Size())/(1<<20))
	}
	return nil
}
