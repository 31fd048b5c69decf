package engine

import (
	"os/exec"
	"syscall"
)

// endWithParent has the kernel end the server when this process is killed, which runs no cleanup.
func endWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
