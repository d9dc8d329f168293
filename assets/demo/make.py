"""Makes the small real files that the demo server holds and that `sample_files()` offers.

Run from anywhere: `python3 make.py` (needs Pillow and xlwt). Every picture is drawn here, so nobody
else's work is in the repository; the files beside this script are what the program embeds. Text is
drawn with Pillow's own font, so that no font of the machine leaves a trace.
"""

import io
import math
import struct
from pathlib import Path

import xlwt
from PIL import Image, ImageDraw, ImageFont

HERE = Path(__file__).parent


def gradient(size, top, bottom):
    width, height = size
    strip = Image.new("RGB", (1, height))
    for y in range(height):
        part = y / max(height - 1, 1)
        strip.putpixel((0, y), tuple(round(a + (b - a) * part) for a, b in zip(top, bottom)))
    return strip.resize(size)


def words(picture, text, at, size, fill):
    ImageDraw.Draw(picture).text(at, text, font=ImageFont.load_default(size), fill=fill)


def hero():
    """A shop front banner: hills, a sun and a headline."""
    picture = gradient((640, 360), (255, 196, 120), (120, 60, 140))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((440, 60, 540, 160), fill=(255, 240, 190))
    for base, colour in ((230, (90, 50, 110)), (270, (60, 36, 84)), (305, (34, 22, 56))):
        points = [(x, base + 22 * math.sin(x / 70 + base)) for x in range(0, 641, 8)]
        draw.polygon([*points, (640, 360), (0, 360)], fill=colour)
    words(picture, "Spring is here", (36, 40), 44, (60, 24, 60))
    return picture


def portrait():
    """Three round faces: the team photo."""
    picture = gradient((480, 320), (190, 215, 235), (90, 120, 150))
    draw = ImageDraw.Draw(picture)
    for x, skin, shirt in ((60, (236, 188, 160), (200, 70, 60)), (190, (150, 100, 70), (60, 130, 90)), (320, (245, 205, 180), (60, 80, 160))):
        draw.pieslice((x - 20, 200, x + 120, 420), 180, 360, fill=shirt)
        draw.ellipse((x, 90, x + 100, 210), fill=skin)
        draw.arc((x + 25, 130, x + 75, 185), 20, 160, fill=(120, 40, 40), width=4)
    return picture


def product(body, label):
    picture = gradient((320, 320), (250, 250, 250), (215, 218, 224))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((60, 262, 260, 296), fill=(190, 192, 198))
    draw.rounded_rectangle((90, 60, 230, 280), 18, fill=body)
    draw.rounded_rectangle((120, 30, 200, 66), 8, fill=(60, 60, 66))
    words(picture, label, (104, 150), 28, (255, 255, 255))
    return picture


def logo():
    picture = Image.new("RGBA", (256, 96), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((8, 16, 72, 80), 14, fill=(24, 110, 200, 255))
    draw.polygon([(24, 64), (40, 28), (56, 64)], fill=(255, 255, 255, 255))
    words(picture, "ACME", (88, 26), 44, (24, 40, 70, 255))
    return picture


def icon(colour, mark):
    picture = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((2, 2, 62, 62), fill=colour)
    words(picture, mark, (21, 10), 40, (255, 255, 255, 255))
    return picture


def screen(title, accent, right_to_left=False):
    """A phone screen, for the segments of the app."""
    picture = gradient((270, 480), (250, 250, 252), (232, 236, 242))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 270, 56), fill=accent)
    words(picture, title, (20, 14), 24, (255, 255, 255))
    for row in range(5):
        y = 84 + row * 62
        left, right = (60, 250) if right_to_left else (20, 210)
        draw.rounded_rectangle((left, y, right, y + 14), 5, fill=(176, 184, 198))
        draw.rounded_rectangle((left, y + 22, right - 60, y + 32), 5, fill=(206, 212, 222))
    draw.rounded_rectangle((20, 408, 250, 452), 12, fill=accent)
    return picture


def flag(colours):
    picture = Image.new("RGB", (90, 60))
    draw = ImageDraw.Draw(picture)
    for n, colour in enumerate(colours):
        draw.rectangle((0, n * 60 // len(colours), 90, (n + 1) * 60 // len(colours)), fill=colour)
    return picture


def pdf(lines):
    """One page with real text, written by hand so that it stays small and searchable."""
    text = "BT /F1 20 Tf 60 760 Td 26 TL " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
    parts = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(text)} >>\nstream\n{text}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{part}\nendobj\n".encode("latin-1")
    start = len(out)
    out += f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    out += f"trailer\n<< /Size {len(parts) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return out


def xls(rows):
    book = xlwt.Workbook()
    sheet = book.add_sheet("Prices")
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            sheet.write(y, x, cell)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def mp4():
    """The boxes of a film without a track: enough for a player to say that it is an MP4."""
    def box(kind, body):
        return struct.pack(">I", len(body) + 8) + kind + body
    matrix = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    header = struct.pack(">IIIII", 0, 0, 0, 1000, 0) + struct.pack(">IH", 0x10000, 0x100)
    header += bytes(10) + matrix + bytes(24) + struct.pack(">I", 1)
    return box(b"ftyp", b"isom" + struct.pack(">I", 512) + b"isomiso2mp41") + box(b"free", b"") + box(b"moov", box(b"mvhd", header)) + box(b"mdat", bytes(256))


SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" width="48" height="48">
  <rect x="4" y="4" width="40" height="40" rx="10" fill="#186ec8"/>
  <path d="M14 25l7 7 14-16" fill="none" stroke="#fff" stroke-width="5" stroke-linecap="round"/>
</svg>
"""


def write(name, content):
    (HERE / name).write_bytes(content)


def png(name, picture):
    if picture.mode == "RGB":
        picture = picture.quantize(96)
    picture.save(HERE / name, optimize=True)


def jpeg(name, picture, quality=72):
    picture.save(HERE / name, quality=quality, optimize=True)


def main():
    jpeg("hero.jpg", hero())
    png("hero.png", hero().resize((320, 180)))
    png("hero@2x.png", hero().resize((640, 360)))
    jpeg("team.jpg", portrait())
    jpeg("product-red.jpg", product((190, 50, 50), "Sauce"))
    jpeg("product-green.jpg", product((50, 130, 80), "Herbs"))
    png("logo.png", logo())
    png("icon-cart.png", icon((230, 120, 30, 255), "+"))
    png("icon-help.png", icon((60, 140, 90, 255), "?"))
    png("screen-en.png", screen("Checkout", (24, 110, 200)))
    png("screen-de.png", screen("Zur Kasse", (24, 110, 200)))
    png("screen-ar.png", screen("...", (24, 140, 120), right_to_left=True))
    png("flags.png", flag([(20, 20, 20), (200, 30, 40), (250, 210, 60)]))
    first, second = icon((24, 110, 200, 255), "."), icon((24, 110, 200, 255), "o")
    first.convert("RGB").save(HERE / "spinner.gif", save_all=True, append_images=[second.convert("RGB")], duration=300, loop=0)
    write("check.svg", SVG.encode())
    write("teaser.mp4", mp4())
    write("brochure.pdf", pdf(["ACME spring brochure", "Everything for the kitchen garden.", "Open Monday to Saturday."]))
    write("prices.csv", "sku;name;price\nA-100;Chili sauce;4.90\nA-101;Kräutersalz;3.20\nA-102;柚子胡椒;6.50\n".encode())
    write("prices.xls", xls([["sku", "name", "price"], ["A-100", "Chili sauce", 4.9], ["A-101", "Kräutersalz", 3.2]]))

    # What a user of the demo can upload: none of these bytes is in the world already.
    png("sample-banner.png", hero().transpose(Image.Transpose.FLIP_LEFT_RIGHT).resize((480, 270)))
    png("sample-button@2x.png", icon((120, 60, 160, 255), "!").resize((128, 128)))
    png("sample-poster.png", screen("Poster", (180, 60, 90)))
    jpeg("sample-team.jpg", portrait().transpose(Image.Transpose.FLIP_LEFT_RIGHT), 68)
    jpeg("sample-product.jpg", product((70, 70, 160), "Honey"), 68)
    write("sample-price-list.csv", "sku;name;price\nB-200;Honey;7.40\nB-201;Tee für zwei;5.10\n".encode())
    write("sample-brochure.pdf", pdf(["ACME autumn brochure", "Apples, nuts and honey."]))


if __name__ == "__main__":
    main()
