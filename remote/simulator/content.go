package simulator

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// plannedFile is a file that a plan brings for one of its updates.
type plannedFile struct {
	KB      string `json:"kb"`
	Name    string `json:"name"`
	SHA256  string `json:"sha256"`
	Sources []struct {
		Type     string `json:"type"`
		Location string `json:"location"`
	} `json:"sources"`
}

// catalogue is an offline catalogue to scan with.
type catalogue struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
}

// CataloguePath is where every simulated server has an offline catalogue.
const CataloguePath = `C:\ProgramData\patchdeck\content\wsusscn2.cab`

const fileNotFound = "0x80070002" // ERROR_FILE_NOT_FOUND

// FileSHA256 is the hash of the file in which the simulated update comes from a share or over HTTP.
func (p Published) FileSHA256() string {
	sum := sha256.Sum256([]byte("file of " + p.updateID()))
	return hex.EncodeToString(sum[:])
}

// CatalogueSHA256 is the hash of the catalogue that simulated servers have.
func CatalogueSHA256() string {
	sum := sha256.Sum256([]byte(CataloguePath))
	return hex.EncodeToString(sum[:])
}

// fault is the code with which a scan by catalogue ends, or nothing.
func (c *catalogue) fault() string {
	switch {
	case c == nil:
		return ""
	case c.Path != CataloguePath:
		return fileNotFound
	case c.SHA256 != CatalogueSHA256():
		return badDigest
	}
	return ""
}

// fileFault is the code with which the files of an update are refused, or nothing: also when it has none.
func (h *host) fileFault(j *job, u Published) string {
	for _, f := range j.files {
		switch {
		case f.KB != u.KB:
			continue
		case len(f.Sources) == 0:
			return badArgument
		case u.pack == nil && f.SHA256 != u.FileSHA256(), u.pack != nil && h.fate.altered:
			return badDigest
		}
		return ""
	}
	if u.pack != nil {
		return badArgument // nothing brings it
	}
	return ""
}

// refuseFiles ends the course with the download of the first file that is not what was announced.
func (h *host) refuseFiles(j *job) {
	for _, u := range j.todo {
		code := h.fileFault(j, u)
		if code == "" {
			continue
		}
		for i, s := range j.course {
			if s.phase == downloading && s.kb == u.KB {
				j.course = j.course[:i+1]
				j.course[i].until = s.from.Add(s.until.Sub(s.from) - time.Millisecond)
				j.breaks = code
				return
			}
		}
	}
}
