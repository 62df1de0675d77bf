package catalog

import (
	"fmt"
	"regexp"
	"strings"
)

// Detection is what shows on a server that a package is there: a file, a value of its registry, or a product of Windows Installer, of at
// least a version.
type Detection struct {
	Kind    DetectionKind `json:"kind"`
	What    string        `json:"what"`              // the file's path, the registry's key, the product's code
	Name    string        `json:"name,omitempty"`    // of the registry's value
	Version string        `json:"version,omitempty"` // the least one; empty accepts any
}

// DetectionKind says where to look.
type DetectionKind string

const (
	DetectFile     DetectionKind = "file"
	DetectRegistry DetectionKind = "registry"
	DetectProduct  DetectionKind = "product"
)

// Forms of what is looked for. Servers hold it against the same ones.
var (
	pathForm     = regexp.MustCompile(`^[A-Za-z]:\\[^"<>|?*:\x00-\x1f]{1,240}$`)
	keyForm      = regexp.MustCompile(`^HKLM\\[^"<>|?*:\x00-\x1f]{1,240}$`)
	nameForm     = regexp.MustCompile(`^[^"<>|?*:\x00-\x1f]{1,100}$`)
	productForm  = regexp.MustCompile(`^\{[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}$`)
	versionForm  = regexp.MustCompile(`^[0-9]{1,9}(\.[0-9]{1,9}){0,3}$`)
	detectionUse = `use file:C:\PATH, registry:HKLM\KEY:VALUE or product:{CODE}, and >=VERSION behind it`
)

// mostDetection bounds the text of a detection.
const mostDetection = 500

// ParseDetection reads KIND:WHAT or KIND:WHAT>=VERSION.
func ParseDetection(text string) (Detection, error) {
	if len(text) > mostDetection {
		return Detection{}, fmt.Errorf("the detection is %d bytes long: %s", len(text), detectionUse)
	}
	kind, what, _ := strings.Cut(text, ":")
	d := Detection{Kind: DetectionKind(kind)}
	what, d.Version, _ = strings.Cut(what, ">=")
	if d.What = what; d.Kind == DetectRegistry {
		d.What, d.Name, _ = strings.Cut(what, ":")
	}
	if strings.HasSuffix(text, ">=") {
		return Detection{}, fmt.Errorf("the detection %s names no version: %s", quote(text), detectionUse)
	}
	return d, d.Check()
}

// Check refuses what cannot be looked for.
func (d Detection) Check() error {
	form, named := map[DetectionKind]*regexp.Regexp{DetectFile: pathForm, DetectRegistry: keyForm, DetectProduct: productForm}[d.Kind], d.Kind == DetectRegistry
	switch {
	case form == nil || !form.MatchString(d.What) || named != (d.Name != "") || named && !nameForm.MatchString(d.Name):
		return fmt.Errorf("%s is no detection: %s", quote(d.String()), detectionUse)
	case d.Version != "" && !versionForm.MatchString(d.Version):
		return fmt.Errorf("%s is no version: one to four numbers with dots between them are accepted", quote(d.Version))
	}
	return nil
}

// String is the text that ParseDetection reads.
func (d Detection) String() string {
	words := string(d.Kind) + ":" + d.What
	if d.Name != "" {
		words += ":" + d.Name
	}
	if d.Version != "" {
		words += ">=" + d.Version
	}
	return words
}
