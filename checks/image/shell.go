package image

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var shell = checks.Check{Clause: "IMG-15", Needs: needs, Judge: judgeShell}

func judgeShell(set *record.Set) []checks.Verdict {
	img := set.Image
	switch {
	case noImage(img):
		return cannotTell(noImageText)
	case img.Shell != "":
		return passed("%s", img.Shell)
	case !img.Scanned:
		return cannotTell("the layers were not read to the end, so it is unknown whether there is a shell")
	}
	return found("no-shell", "/bin/bash, or at least /bin/sh", "neither is in the image")
}
