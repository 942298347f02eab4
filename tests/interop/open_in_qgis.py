"""Opens a bundle in QGIS without a screen. Usage: open_in_qgis.py BUNDLE.zip WORK. Needs PyQGIS (Debian: python3-qgis)."""

import os
import sys
import zipfile
from xml.etree import ElementTree

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import (  # noqa: E402
    Qgis,
    QgsApplication,
    QgsCoordinateTransform,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize  # noqa: E402

bundle, work = sys.argv[1], sys.argv[2]
folder = os.path.join(work, "unpacked")
with zipfile.ZipFile(bundle) as archive:
    archive.extractall(folder)
os.environ.setdefault("XDG_CONFIG_HOME", os.path.join(work, "qgis-profile"))
app = QgsApplication([], False)
app.initQgis()


def look(layer):
    """What a layer is drawn with, in words that can be compared."""
    renderer = layer.renderer()
    if isinstance(layer, QgsVectorLayer):
        if not layer.isSpatial():
            return "table"
        drawn = [(c.value(), c.symbol().symbolLayer(0).strokeColor().name()) for c in renderer.categories()]
        return renderer.type(), renderer.classAttribute(), drawn, layer.labelsEnabled(), layer.labeling().settings().fieldName
    ramp = renderer.shader().rasterShaderFunction()
    return renderer.type(), [(round(i.value, 6), i.color.name()) for i in ramp.colorRampItemList()]


def shares(layers, extent, crs, name):
    """Share of each colour of a map of the layers, which is also written down to be looked at."""
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setDestinationCrs(crs)
    settings.setExtent(extent)
    settings.setOutputSize(QSize(800, 800))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    assert not job.errors(), [e.message for e in job.errors()]
    image = job.renderedImage()
    image.save(os.path.join(work, name))
    counts = {}
    for y in range(0, image.height(), 4):
        for x in range(0, image.width(), 4):
            colour = image.pixelColor(x, y).name()
            counts[colour] = counts.get(colour, 0) + 1
    whole = sum(counts.values())
    return {colour: n / whole for colour, n in counts.items()}


STATUSES = [("supports", "#00578a"), ("refer", "#8a5a00"), ("does_not_support", "#9c3300"), ("not_appraised", "#555555")]

project = QgsProject.instance()
assert project.read(os.path.join(folder, "evidence.qgs")), project.error()
layers = {name.removeprefix("croplens_"): layer for name, layer in project.mapLayers().items()}
assert list(sorted(layers)) == ["ndvi", "record", "series"], list(layers)
for name, layer in layers.items():
    assert layer.isValid(), f"{name}: {layer.error().message()}"
    assert os.path.dirname(os.path.realpath(layer.source().split("|")[0])) == os.path.realpath(folder), layer.source()
record, ndvi, series = layers["record"], layers["ndvi"], layers["series"]
assert record.crs().authid() == "EPSG:4326" and ndvi.crs().authid().startswith("EPSG:32"), ndvi.crs().authid()
assert project.crs().authid() == "EPSG:3857", project.crs().authid()
assert record.featureCount() == 1 and series.featureCount() > 3 and look(series) == "table"
order = [node.layerId() for node in project.layerTreeRoot().findLayers()]
assert order == ["croplens_record", "croplens_ndvi", "croplens_series"], order

kind, attribute, drawn, labels, field = look(record)
assert (kind, attribute, labels, field) == ("categorizedSymbol", "status", True, "id"), look(record)
assert drawn == STATUSES, drawn
kind, ramp = look(ndvi)
assert kind == "singlebandpseudocolor" and ramp[0][0] == 0.0 and ramp[-1][0] == 1.0 and len(ramp) == 6, ramp

# The view that the project opens with holds the plot.
with open(os.path.join(folder, "evidence.qgs"), encoding="utf-8") as file:
    canvas = ElementTree.parse(file).getroot().find("mapcanvas/extent")
view = QgsRectangle(*(float(canvas.find(side).text) for side in ("xmin", "ymin", "xmax", "ymax")))
shown = QgsCoordinateTransform(record.crs(), project.crs(), project).transformBoundingBox(record.extent())
assert view.contains(shown) and view.width() < 3 * max(shown.width(), shown.height()), (view.toString(), shown.toString())

# The styles beside the files do the same where a layer is opened alone.
alone = QgsVectorLayer(os.path.join(folder, "record.geojson"), "alone", "ogr")
assert look(alone) == look(record), look(alone)
brush = {c.value(): c.symbol().symbolLayer(0).brushStyle() for c in alone.renderer().categories()}
assert len(set(brush.values())) == len(STATUSES), "each status has a brush of its own, for grey print"
alone = QgsRasterLayer(os.path.join(folder, "ndvi.tif"), "alone", "gdal")
assert look(alone) == look(ndvi), look(alone)

status = next(record.getFeatures())["status"]
colour = dict(STATUSES)[status]
to_map = QgsCoordinateTransform(record.crs(), project.crs(), project)
around = QgsRectangle(to_map.transformBoundingBox(record.extent()))
around.scale(1.6)
both = shares([record, ndvi], around, project.crs(), "map.png")
raster = shares([ndvi], around, project.crs(), "raster.png")
assert raster.get("#ffffff", 0) < 0.9 and len(raster) > 20, "the raster is drawn in the colours of its ramp"
assert both.get(colour, 0) > 0.001 and raster.get(colour, 0) == 0, "the outline is drawn above it"
seen = sum(share for shade, share in both.items() if shade in raster and shade != "#ffffff")
assert seen > 0.5 * (1 - raster.get("#ffffff", 0)), "and the raster is seen inside it"
print(f"ok: QGIS {Qgis.QGIS_VERSION.split('-')[0]}: a bundle's project opens: {len(layers)} layers valid, outline in the colour of {status} ({colour}), NDVI in its ramp; both styles alone too")
# Everything is checked. Taking QGIS down again in an order that its bindings survive is not what is tested here.
sys.stdout.flush()
os._exit(0)
