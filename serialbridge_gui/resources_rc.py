# Resource object code (Python 3)
# Created by: object code
# Created by: The Resource Compiler for Qt version 6.11.3
# WARNING! All changes made in this file will be lost!

from PySide6 import QtCore

qt_resource_data = b"\
\x00\x00\x02\xc8\
<\
svg xmlns=\x22http:\
//www.w3.org/200\
0/svg\x22 width=\x2212\
8\x22 height=\x22128\x22 \
viewBox=\x220 0 128\
 128\x22>\x0a  <!-- A \
serial plug, and\
 a bridge's two \
directions below\
 it. Edges lie o\
n multiples of 8\
: whole pixels a\
t 16 px. -->\x0a  <\
rect width=\x22128\x22\
 height=\x22128\x22 rx\
=\x2224\x22 fill=\x22#125\
06b\x22/>\x0a  <path d\
=\x22M16 8h96a8 8 0\
 0 1 7.8 9.6l-8 \
40a8 8 0 0 1-7.8\
 6.4H24a8 8 0 0 \
1-7.8-6.4l-8-40A\
8 8 0 0 1 16 8z\x22\
 fill=\x22#f4f8fa\x22/\
>\x0a  <g fill=\x22#12\
506b\x22>\x0a    <circ\
le cx=\x2232\x22 cy=\x222\
4\x22 r=\x228\x22/><circl\
e cx=\x2264\x22 cy=\x2224\
\x22 r=\x228\x22/><circle\
 cx=\x2296\x22 cy=\x2224\x22\
 r=\x228\x22/>\x0a    <ci\
rcle cx=\x2248\x22 cy=\
\x2248\x22 r=\x228\x22/><cir\
cle cx=\x2280\x22 cy=\x22\
48\x22 r=\x228\x22/>\x0a  </\
g>\x0a  <path d=\x22M1\
6 79h68v-9l28 14\
-28 14v-9H16z\x22 f\
ill=\x22#ffc247\x22/>\x0a\
  <path d=\x22M112 \
103H44v-9l-28 14\
 28 14v-9h68z\x22 f\
ill=\x22#5fd3a8\x22/>\x0a\
</svg>\x0a\
"

qt_resource_name = b"\
\x00\x05\
\x00o\xa6S\
\x00i\
\x00c\x00o\x00n\x00s\
\x00\x10\
\x05\xcf\x19\x07\
\x00s\
\x00e\x00r\x00i\x00a\x00l\x00b\x00r\x00i\x00d\x00g\x00e\x00.\x00s\x00v\x00g\
"

qt_resource_struct = b"\
\x00\x00\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00\x01\
\x00\x00\x00\x00\x00\x00\x03\xe8\
\x00\x00\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00\x02\
\x00\x00\x00\x00\x00\x00\x03\xe8\
\x00\x00\x00\x10\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\
\x00\x00\x00\x00\x00\x00\x03\xe8\
"

def qInitResources():
    QtCore.qRegisterResourceData(0x03, qt_resource_struct, qt_resource_name, qt_resource_data)

def qCleanupResources():
    QtCore.qUnregisterResourceData(0x03, qt_resource_struct, qt_resource_name, qt_resource_data)

qInitResources()
