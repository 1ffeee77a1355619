package image

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// The media types of layers that every puller takes: plain and gzip tar archives of Docker and of OCI.
var commonLayers = []string{
	"", "application/vnd.oci.image.layer.v1.tar", "application/vnd.oci.image.layer.v1.tar+gzip",
	"application/vnd.docker.image.rootfs.diff.tar", "application/vnd.docker.image.rootfs.diff.tar.gzip",
}

// layerForm says what is unusual in a layer's media type: a reason's id, or nothing.
func layerForm(mediaType string) string {
	switch {
	case slices.Contains(commonLayers, mediaType):
		return ""
	case strings.Contains(mediaType, "foreign") || strings.Contains(mediaType, "nondistributable"):
		return "foreign-layer"
	case strings.HasSuffix(mediaType, "zstd"):
		return "zstd-layers"
	}
	return "unknown-layer-type"
}

// unusualLayers rules on the forms in which the layers are stored, the gravest first.
func unusualLayers(img *record.Image) []checks.Verdict {
	lines := map[string][]string{}
	for i, l := range img.Layers {
		if form := layerForm(l.MediaType); form != "" {
			lines[form] = append(lines[form], l.MediaType+" in "+layerText(img, i+1))
		}
	}
	var out []checks.Verdict
	for _, form := range []string{"foreign-layer", "unknown-layer-type", "zstd-layers"} {
		if n := len(lines[form]); n > 0 {
			out = append(out, checks.Found(form, "gzip-compressed or plain tar layers of Docker or OCI",
				fmt.Sprintf("%d of %d layers: %s", n, len(img.Layers), lines[form][0]), checks.Text("unusual layers", lines[form]...)))
		}
	}
	return out
}
