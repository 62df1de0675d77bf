package signature

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"debug/pe"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/sassoftware/relic/v7/lib/authenticode"
	"github.com/sassoftware/relic/v7/lib/pkcs9"

	"patchdeck/engine/catalog"
)

// form is a kind of package that can carry a signature.
type form struct {
	name  string
	magic string
	// check holds the sizes in the headers against the length of the file: the library allocates what they say.
	check func(f io.ReaderAt, size int64) error
	// verify finds the signature and holds it against the content; it does not judge who signed.
	verify func(f io.ReaderAt, size int64) (pkcs9.TimestampedSignature, error)
}

// mostSignature bounds the signature in a file.
const mostSignature = 1 << 20

var forms = []form{
	{"cabinet", "MSCF", checkCabinet, func(f io.ReaderAt, size int64) (pkcs9.TimestampedSignature, error) {
		s, err := authenticode.VerifyCab(io.NewSectionReader(f, 0, size), false)
		if err != nil {
			return pkcs9.TimestampedSignature{}, err
		}
		return s.TimestampedSignature, nil
	}},
	{"program", "MZ", checkProgram, func(f io.ReaderAt, size int64) (pkcs9.TimestampedSignature, error) {
		all, err := authenticode.VerifyPE(io.NewSectionReader(f, 0, size), false)
		if err != nil || len(all) == 0 {
			return pkcs9.TimestampedSignature{}, errors.Join(err, errWithout(len(all) == 0 && err == nil))
		}
		return all[0].TimestampedSignature, nil
	}},
	{"installer", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", checkInstaller, func(f io.ReaderAt, size int64) (pkcs9.TimestampedSignature, error) {
		s, err := authenticode.VerifyMSI(io.NewSectionReader(f, 0, size), false)
		if err != nil {
			return pkcs9.TimestampedSignature{}, err
		}
		return s.TimestampedSignature, nil
	}},
}

func errWithout(none bool) error {
	if none {
		return errors.New("it carries no signature")
	}
	return nil
}

// Read says who signed a file and whether the signature can be trusted. Whatever is wrong stands in Trouble.
func Read(f io.ReaderAt, size int64, roots *x509.CertPool) (s catalog.Signature) {
	defer func() {
		if p := recover(); p != nil {
			s = catalog.Signature{Trouble: "its signature cannot be read: the file is damaged"}
		}
	}()
	signed, err := find(f, size)
	if err != nil {
		return catalog.Signature{Trouble: oneLine(err)}
	}
	sum := sha256.Sum256(signed.Certificate.Raw)
	s = catalog.Signature{Signer: plain(signed.Certificate.Subject.CommonName), Organization: plain(strings.Join(signed.Certificate.Subject.Organization, ", ")),
		Issuer: plain(signed.Certificate.Issuer.CommonName), Thumbprint: hex.EncodeToString(sum[:])}
	if signed.CounterSignature != nil {
		s.Signed = signed.CounterSignature.SigningTime.UTC()
	}
	if roots == nil {
		s.Trouble = "no root certificates of vendors are configured: name them under vendor_roots"
		return s
	}
	if err := signed.VerifyChain(roots, nil, x509.ExtKeyUsageCodeSigning); err != nil {
		s.Trouble = "the chain of its signature does not hold: " + oneLine(err)
		return s
	}
	s.Verified = true
	return s
}

func find(f io.ReaderAt, size int64) (pkcs9.TimestampedSignature, error) {
	start := make([]byte, 8)
	n, err := f.ReadAt(start, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return pkcs9.TimestampedSignature{}, err
	}
	for _, form := range forms {
		if !bytes.HasPrefix(start[:n], []byte(form.magic)) {
			continue
		}
		if err := form.check(f, size); err != nil {
			return pkcs9.TimestampedSignature{}, fmt.Errorf("the %s is damaged: %w", form.name, err)
		}
		signed, err := form.verify(f, size)
		if err != nil {
			return signed, fmt.Errorf("the %s: %w", form.name, err)
		}
		if signed.Certificate == nil {
			return signed, fmt.Errorf("the %s: its signature names no certificate", form.name)
		}
		return signed, nil
	}
	if bytes.HasPrefix(start[:n], []byte("MSWIM")) {
		return pkcs9.TimestampedSignature{}, errors.New("it is a WIM image, which carries no signature of its own: take the cabinets in it")
	}
	return pkcs9.TimestampedSignature{}, errors.New("it is neither a cabinet (cab, msu), nor a program (exe, dll), nor an installer (msi, msp)")
}

// checkCabinet reads the header's sizes: total at 8, files at 16, and with reserved space the signature's at 44 and 48.
func checkCabinet(f io.ReaderAt, size int64) error {
	header := make([]byte, 60)
	n, err := f.ReadAt(header, 0)
	if n < 36 {
		return fmt.Errorf("its header has %d bytes: %w", n, err)
	}
	total, files := int64(binary.LittleEndian.Uint32(header[8:])), int64(binary.LittleEndian.Uint32(header[16:]))
	if total > size || files > total {
		return fmt.Errorf("its header speaks of %d bytes with files from %d on, it has %d", total, files, size)
	}
	const reserved = 4
	if binary.LittleEndian.Uint16(header[30:])&reserved != 0 && n == len(header) {
		if signature := int64(binary.LittleEndian.Uint32(header[48:])); signature > min(size, mostSignature) {
			return fmt.Errorf("its header speaks of a signature of %d bytes", signature)
		}
	}
	return nil
}

// checkProgram reads where the certificate table should stand.
func checkProgram(f io.ReaderAt, size int64) error {
	image, err := pe.NewFile(io.NewSectionReader(f, 0, size))
	if err != nil {
		return err
	}
	var tables [16]pe.DataDirectory
	switch header := image.OptionalHeader.(type) {
	case *pe.OptionalHeader32:
		tables = header.DataDirectory
	case *pe.OptionalHeader64:
		tables = header.DataDirectory
	default:
		return errors.New("it has no optional header")
	}
	table := tables[pe.IMAGE_DIRECTORY_ENTRY_SECURITY]
	if int64(table.Size) > mostSignature || int64(table.VirtualAddress)+int64(table.Size) > size {
		return fmt.Errorf("its header speaks of a signature of %d bytes at %d, it has %d", table.Size, table.VirtualAddress, size)
	}
	return nil
}

// checkInstaller reads the counts of sectors in the header of a compound document.
func checkInstaller(f io.ReaderAt, size int64) error {
	header := make([]byte, 76)
	if _, err := f.ReadAt(header, 0); err != nil {
		return err
	}
	shift := binary.LittleEndian.Uint16(header[30:])
	if shift != 9 && shift != 12 {
		return fmt.Errorf("its sectors have 2^%d bytes", shift)
	}
	for _, at := range []int{40, 44, 64, 72} {
		if count := int64(binary.LittleEndian.Uint32(header[at:])); count<<shift > size {
			return fmt.Errorf("its header speaks of %d sectors, it has %d bytes", count, size)
		}
	}
	return nil
}

// oneLine gives an error on one line of bounded length.
func oneLine(err error) string { return plain(err.Error()) }

// plain drops from a text of others what could command a terminal, and bounds it.
func plain(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }), " ")
	const most = 300
	if runes := []rune(s); len(runes) > most {
		s = string(runes[:most]) + "…"
	}
	return s
}
