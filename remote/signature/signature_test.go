package signature

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"flag"
	"io"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var fixture = flag.Bool("fixture", false, "sign testdata/signed.cab anew")

// cabinet makes a cabinet with one folder of one stored file.
func cabinet(content string) []byte {
	const name, header, folder = "update.txt\x00", 36, 8
	files := header + folder
	data := files + 16 + len(name)
	var b bytes.Buffer
	put := func(values ...any) {
		for _, v := range values {
			_ = binary.Write(&b, binary.LittleEndian, v)
		}
	}
	put([]byte("MSCF"), uint32(0), uint32(data+8+len(content)), uint32(0), uint32(files), uint32(0), uint8(3), uint8(1), uint16(1), uint16(1), uint16(0), uint16(1), uint16(0))
	put(uint32(data), uint16(1), uint16(0))
	put(uint32(len(content)), uint32(0), uint16(0), uint16(0x5a21), uint16(0), uint16(0x20), []byte(name))
	put(uint32(0), uint16(len(content)), uint16(len(content)), []byte(content))
	return b.Bytes()
}

// program makes the smallest program that has room for a signature: one section with one instruction.
func program() []byte {
	b := make([]byte, 1024)
	copy(b, "MZ")
	binary.LittleEndian.PutUint32(b[60:], 64)
	copy(b[64:], "PE\x00\x00")
	var h bytes.Buffer
	put := func(values ...any) {
		for _, v := range values {
			_ = binary.Write(&h, binary.LittleEndian, v)
		}
	}
	put(uint16(0x8664), uint16(1), uint32(0), uint32(0), uint32(0), uint16(240), uint16(0x22))
	put(uint16(0x20b), uint16(0), uint32(512), uint32(0), uint32(0), uint32(0x1000), uint32(0x1000), uint64(0x140000000), uint32(0x1000), uint32(512))
	put(uint16(6), uint16(0), uint16(0), uint16(0), uint16(6), uint16(0), uint32(0), uint32(0x2000), uint32(512), uint32(0), uint16(3), uint16(0))
	put(uint64(1<<20), uint64(1<<12), uint64(1<<20), uint64(1<<12), uint32(0), uint32(16), make([]byte, 128))
	put([]byte(".text\x00\x00\x00"), uint32(1), uint32(0x1000), uint32(512), uint32(512), uint32(0), uint32(0), uint16(0), uint16(0), uint32(0x60000020))
	copy(b[68:], h.Bytes())
	b[512] = 0xc3
	return b
}

// vendor is somebody who signs.
type vendor struct {
	root   []byte // PEM
	folder string
}

func newVendor(t *testing.T, organization string, until time.Time) vendor {
	t.Helper()
	v := vendor{folder: t.TempDir()}
	key := func() *ecdsa.PrivateKey {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	// Certificates begin early: tests of the engine live in a virtual time that begins in the year 2000.
	issue := func(template, parent *x509.Certificate, public any, by *ecdsa.PrivateKey) []byte {
		template.NotBefore, template.NotAfter, template.BasicConstraintsValid = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC), until, true
		raw, err := x509.CreateCertificate(rand.Reader, template, parent, public, by)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	rootKey, leafKey := key(), key()
	root := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: organization + " Root", Organization: []string{organization}}, IsCA: true, KeyUsage: x509.KeyUsageCertSign}
	rootRaw := issue(root, root, &rootKey.PublicKey, rootKey)
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: organization + " Code", Organization: []string{organization}}, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning}}
	leafRaw := issue(leaf, root, &leafKey.PublicKey, rootKey)
	keyRaw, err := x509.MarshalPKCS8PrivateKey(leafKey)
	if err != nil {
		t.Fatal(err)
	}
	v.root = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: rootRaw})
	for name, text := range map[string][]byte{"certs.pem": append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leafRaw}), v.root...),
		"key.pem": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyRaw})} {
		if err := os.WriteFile(filepath.Join(v.folder, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return v
}

// sign signs content with osslsigncode, or skips; in CI it must be there.
func (v vendor) sign(t *testing.T, content []byte) []byte {
	t.Helper()
	tool, err := exec.LookPath("osslsigncode")
	switch {
	case err != nil && os.Getenv("CI") == "true":
		t.Fatal("osslsigncode is missing: the packages of CI install it")
	case err != nil:
		t.Skip("osslsigncode is missing: install it to sign files for this test")
	}
	in, out := filepath.Join(v.folder, "in"), filepath.Join(v.folder, "out")
	_ = os.Remove(out)
	if err := os.WriteFile(in, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if words, err := exec.Command(tool, "sign", "-certs", filepath.Join(v.folder, "certs.pem"), "-key", filepath.Join(v.folder, "key.pem"), "-h", "sha256", "-in", in, "-out", out).CombinedOutput(); err != nil {
		t.Fatalf("osslsigncode: %v\n%s", err, words)
	}
	signed, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func (v vendor) roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(v.root)
	return pool
}

func readAll(content []byte, roots *x509.CertPool) (trouble string, verified bool, organization string) {
	s := Read(bytes.NewReader(content), int64(len(content)), roots)
	return s.Trouble, s.Verified, s.Organization
}

// Handbook 3: "Source files come from the vendor only; the digital signature is verified."
func TestASignatureIsWorthItsContentAndItsChain(t *testing.T) {
	example, stranger := newVendor(t, "Example Software", time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)), newVendor(t, "Somebody", time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC))
	expired := newVendor(t, "Example Software", time.Date(2024, 2, 1, 0, 0, 0, 0, time.UTC))
	for name, content := range map[string][]byte{"cabinet": cabinet("an update"), "program": program()} {
		t.Run(name, func(t *testing.T) {
			signed := example.sign(t, content)
			if trouble, ok, by := readAll(signed, example.roots()); !ok || by != "Example Software" || trouble != "" {
				t.Errorf("signed by its vendor: verified %v by %q, %q", ok, by, trouble)
			}
			changed := slices.Clone(signed)
			changed[bytes.Index(changed, content[len(content)-9:])] ^= 1
			for what, c := range map[string]struct {
				file    []byte
				roots   *x509.CertPool
				trouble string
			}{
				"changed afterwards":   {changed, example.roots(), "mismatch"},
				"of a stranger":        {stranger.sign(t, content), example.roots(), "the chain of its signature does not hold"},
				"expired, not stamped": {expired.sign(t, content), expired.roots(), "expired"},
				"no roots configured":  {signed, nil, "vendor_roots"},
				"not signed":           {content, example.roots(), name},
				"cut off":              {signed[:len(signed)-9], example.roots(), name},
				"more behind it":       {append(slices.Clone(signed), "more"...), example.roots(), ""},
			} {
				trouble, ok, _ := readAll(c.file, c.roots)
				if what == "more behind it" && name == "program" {
					continue // a program's signature covers what follows it differently; the vendor's own tools accept padding
				}
				if ok || trouble == "" || !strings.Contains(trouble, c.trouble) {
					t.Errorf("%s: verified %v, trouble %q, want %q", what, ok, trouble, c.trouble)
				}
			}
		})
	}
}

func TestTheFixtureIsVerified(t *testing.T) {
	if *fixture {
		v := newVendor(t, "Example Software", time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC))
		for name, text := range map[string][]byte{"signed.cab": v.sign(t, cabinet("an update")), "root.pem": v.root} {
			if err := os.WriteFile(filepath.Join("testdata", name), text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	signed, root := load(t, "signed.cab"), load(t, "root.pem")
	safe, err := Open(filepath.Join(t.TempDir(), "files"), root)
	if err != nil {
		t.Fatal(err)
	}
	file, err := safe.Keep(t.Context(), "KB-EX-81.cab", bytes.NewReader(signed))
	sum := sha256.Sum256(signed)
	if err != nil || !file.Signature.Verified || file.SHA256 != hex.EncodeToString(sum[:]) || file.Size != int64(len(signed)) || file.Signature.Signer != "Example Software Code" {
		t.Fatalf("%+v, %v", file, err)
	}
	kept, err := os.ReadFile(filepath.Join(safe.folder, file.SHA256))
	if err != nil || !bytes.Equal(kept, signed) {
		t.Errorf("what is kept differs: %v", err)
	}
	if again, err := safe.Keep(t.Context(), "other.cab", bytes.NewReader(signed)); err != nil || again.SHA256 != file.SHA256 {
		t.Errorf("the same content again: %+v, %v", again, err)
	}
	if s := file.Signature.By("Contoso"); s.Verified || !strings.Contains(s.Trouble, "is signed by \"Example Software\", and the update is of Contoso") {
		t.Errorf("as another vendor's update: %+v", s)
	}
	if s := file.Signature.By("Example"); !s.Verified {
		t.Errorf("as its vendor's update: %+v", s)
	}
}

func load(t testing.TB, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// failing is a stream that ends with an error.
type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("the line broke") }

func TestWhatCannotBeReadWholeIsNotKept(t *testing.T) {
	safe, err := Open(filepath.Join(t.TempDir(), "files"), nil)
	if err != nil {
		t.Fatal(err)
	}
	safe.most = 1000
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for what, c := range map[string]struct {
		ctx     context.Context
		name    string
		content io.Reader
		words   string
	}{
		"a broken line":         {t.Context(), "a.cab", io.MultiReader(strings.NewReader("MSCF"), failing{}), "the line broke"},
		"too large":             {t.Context(), "a.cab", strings.NewReader(strings.Repeat("x", 1001)), "larger than 1000 bytes"},
		"empty":                 {t.Context(), "a.cab", strings.NewReader(""), "empty"},
		"a path as its name":    {t.Context(), "../a.cab", strings.NewReader("x"), "letters, digits"},
		"a name that commands":  {t.Context(), "a\x1b[2J.cab", strings.NewReader("x"), "letters, digits"},
		"another kind of file":  {t.Context(), "a.zip", strings.NewReader("x"), "with an ending of exe"},
		"nobody waits any more": {gone, "a.cab", strings.NewReader("x"), "canceled"},
	} {
		if _, err := safe.Keep(c.ctx, c.name, c.content); err == nil || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s: %v, want %q", what, err, c.words)
		}
	}
	if left, _ := os.ReadDir(safe.folder); len(left) != 0 {
		t.Errorf("the safe holds %v", left)
	}
	if _, err := Open(t.TempDir(), []byte("no certificate")); err == nil {
		t.Error("roots without a certificate were accepted")
	}
}

// A header may promise more than there is: what it says is not allocated.
func TestAHeaderThatPromisesTooMuchIsNotBelieved(t *testing.T) {
	liar := cabinet("x")
	binary.LittleEndian.PutUint32(liar[16:], 0xfffffff0)
	tail := program()
	binary.LittleEndian.PutUint32(tail[68+20+144+4:], 0xfffffff0)
	document := append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 600)...)
	document[30] = 9
	binary.LittleEndian.PutUint32(document[44:], 0xfffffff0)
	for name, content := range map[string][]byte{"cabinet": liar, "program": tail, "installer": document} {
		if trouble, ok, _ := readAll(content, nil); ok || !strings.Contains(trouble, "the "+name+" is damaged: its header speaks of") {
			t.Errorf("%s: %q", name, trouble)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(load(f, "signed.cab"))
	f.Add(cabinet("an update"))
	f.Add(program())
	f.Add(append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 1600)...))
	f.Add([]byte("MSWIM\x00\x00\x00"))
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(load(f, "root.pem"))
	// A signature covers the folders, files and data of a cabinet, and not the reserved fields of its header or what pads the signature.
	const header = 60
	genuine := load(f, "signed.cab")
	signed := genuine[header:binary.LittleEndian.Uint32(genuine[8:])]
	f.Fuzz(func(t *testing.T, content []byte) {
		s := Read(bytes.NewReader(content), int64(len(content)), roots)
		if s.Verified == (s.Trouble != "") || strings.ContainsAny(s.Trouble, "\n\x1b") {
			t.Errorf("verified %v, trouble %q", s.Verified, s.Trouble)
		}
		if s.Verified && !bytes.Contains(content, signed) {
			t.Error("a cabinet with other content than what was signed is verified")
		}
	})
}
